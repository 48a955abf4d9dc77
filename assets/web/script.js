'use strict';
(function () {
  var form = document.getElementById('form');
  if (!form || !window.XMLHttpRequest) return;
  var first = form.elements['new'], second = form.elements['again'];
  var judged = document.getElementById('judged'), show = document.getElementById('show');
  var submit = document.getElementById('submit'), label = submit.textContent;
  var timer = 0, asking = false, asked = '';

  // What is typed is judged by the server, one at a time, the newest.
  function judge() {
    if (asking || first.value === asked) return;
    asking = true;
    asked = first.value;
    var request = new XMLHttpRequest();
    request.open('POST', '/meter');
    request.timeout = 5000;
    request.setRequestHeader('Content-Type', 'application/x-www-form-urlencoded');
    request.onloadend = function () {
      asking = false;
      if (request.status === 200) judged.innerHTML = request.responseText;
      if (request.status !== 0) judge();
    };
    request.send('csrf=' + encodeURIComponent(form.elements.csrf.value) +
      '&new=' + encodeURIComponent(asked));
  }
  first.addEventListener('input', function () {
    clearTimeout(timer);
    timer = setTimeout(judge, 150);
  });

  show.hidden = false;
  show.addEventListener('click', function () {
    var hidden = first.type === 'password';
    first.type = second.type = hidden ? 'text' : 'password';
    show.setAttribute('aria-pressed', String(hidden));
    show.textContent = show.getAttribute(hidden ? 'data-hide' : 'data-show');
  });

  form.addEventListener('submit', function () {
    first.type = second.type = 'password';
    submit.disabled = true;
    submit.textContent = form.getAttribute('data-busy');
  });
  // Back from another page: nothing is under way any more.
  window.addEventListener('pageshow', function () {
    submit.disabled = false;
    submit.textContent = label;
  });
})();
