//! An employee's phone: WeCom's webview in a few lines. It keeps cookies, follows redirects, and
//! is whoever's phone WeCom says it is.

use std::collections::HashMap;

use crate::server::Server;
use crate::wire::{self, Answer, encoded};

/// What WeCom's webview calls itself.
pub(crate) const WECOM: &str = "Mozilla/5.0 (iPhone; CPU iPhone OS 17_0 like Mac OS X) \
    AppleWebKit/605.1.15 Mobile/15E148 wxwork/4.1.22 MicroMessenger/7.0.1";

pub(crate) struct Phone {
    cookies: HashMap<String, String>,
    pub(crate) agent: String,
    /// More headers, each with its line end.
    pub(crate) headers: String,
}

/// A page that was opened.
#[derive(Clone, Debug)]
pub(crate) struct Page {
    /// Where the redirects ended.
    pub(crate) url: String,
    pub(crate) answer: Answer,
}

impl Phone {
    /// The phone of a member, with WeCom in English.
    pub(crate) fn of(userid: &str) -> Self {
        let mut cookies = HashMap::new();
        // The simulated WeCom's own: whose phone it is.
        cookies.insert("phone".to_owned(), userid.to_owned());
        Self {
            cookies,
            agent: format!("{WECOM} Language/en"),
            headers: String::new(),
        }
    }

    /// Opens an address.
    pub(crate) fn open(&mut self, url: &str) -> Page {
        self.follow("GET", url, None)
    }

    /// Opens an address, and does not follow where it leads.
    pub(crate) fn look(&mut self, url: &str) -> Answer {
        self.request("GET", url, None)
    }

    /// Sends a form.
    pub(crate) fn post(&mut self, url: &str, fields: &[(&str, &str)]) -> Page {
        self.follow("POST", url, Some(encoded(fields)))
    }

    /// Types a new password into the form of `page`, twice, and sends it.
    pub(crate) fn set_password(&mut self, server: &Server, page: &Page, password: &str) -> Page {
        let (csrf, turn) = (page.hidden("csrf"), page.hidden("turn"));
        let fields = [
            ("csrf", csrf.as_str()),
            ("turn", &turn),
            ("new", password),
            ("again", password),
        ];
        self.post(&server.url("/form"), &fields)
    }

    /// The page that is left where one comes again by itself while something is under way.
    pub(crate) fn settled(&mut self, server: &Server, mut page: Page) -> Page {
        while page.answer.body.contains("http-equiv=\"refresh\"") {
            page = self.open(&server.url("/form"));
        }
        page
    }

    /// What a request of this phone is, byte for byte, without its body.
    pub(crate) fn head(&self, method: &str, authority: &str, path: &str) -> String {
        let cookies: Vec<String> = self
            .cookies
            .iter()
            .map(|(name, value)| format!("{name}={value}"))
            .collect();
        format!(
            "{method} {path} HTTP/1.1\r\nHost: {authority}\r\nUser-Agent: {}\r\n\
             Cookie: {}\r\n{}",
            self.agent,
            cookies.join("; "),
            self.headers
        )
    }

    /// The value of a cookie.
    pub(crate) fn cookie(&self, name: &str) -> Option<&str> {
        self.cookies.get(name).map(String::as_str)
    }

    pub(crate) fn set_cookie(&mut self, name: &str, value: &str) {
        self.cookies.insert(name.to_owned(), value.to_owned());
    }

    fn follow(&mut self, method: &str, url: &str, body: Option<String>) -> Page {
        let mut url = url.to_owned();
        let mut answer = self.request(method, &url, body);
        for _ in 0..6 {
            let Some(location) = answer.header("location") else {
                return Page { url, answer };
            };
            let base = url::Url::parse(&url).unwrap();
            url = base.join(location).unwrap().into();
            answer = self.request("GET", &url, None);
        }
        panic!("too many redirects: {url}");
    }

    fn request(&mut self, method: &str, url: &str, body: Option<String>) -> Answer {
        let parsed = url::Url::parse(url).unwrap();
        let authority = &parsed[url::Position::BeforeHost..url::Position::AfterPort];
        let path = &parsed[url::Position::BeforePath..url::Position::AfterQuery];
        let mut request = self.head(method, authority, path);
        if let Some(body) = body {
            request.push_str(&format!(
                "Content-Type: application/x-www-form-urlencoded\r\nContent-Length: {}\r\n\r\n{body}",
                body.len()
            ));
        } else {
            request.push_str("\r\n");
        }
        let answer = wire::once(authority, &request);
        for cookie in answer.all("set-cookie") {
            let (name, rest) = cookie.split_once('=').unwrap();
            let value = rest.split(';').next().unwrap();
            if rest.contains("Max-Age=0") {
                self.cookies.remove(name);
            } else {
                self.set_cookie(name, value);
            }
        }
        answer
    }
}

impl Page {
    pub(crate) fn status(&self) -> u16 {
        self.answer.status
    }

    /// What is to be read on it, without markup.
    pub(crate) fn text(&self) -> String {
        let body = &self.answer.body;
        let (_, main) = body.split_once("<main>").unwrap_or(("", body));
        let (main, _) = main.split_once("</main>").unwrap_or((main, ""));
        let mut text = String::new();
        let mut inside = false;
        for c in main.chars() {
            match c {
                '<' => inside = true,
                '>' => inside = false,
                c if !inside => text.push(c),
                _ => {}
            }
        }
        let text = text.replace("&quot;", "\"").replace("&amp;", "&");
        text.replace('\u{A0}', " ")
    }

    #[track_caller]
    pub(crate) fn assert_says(&self, words: &str) {
        let text = self.text();
        assert!(text.contains(words), "no {words:?} on {}: {text}", self.url);
    }

    /// The value of a hidden field.
    #[track_caller]
    pub(crate) fn hidden(&self, name: &str) -> String {
        let body = &self.answer.body;
        let field = format!("name=\"{name}\" value=\"");
        let found = body.split_once(&field);
        let (_, rest) = found.unwrap_or_else(|| panic!("no {name} on {}: {body}", self.url));
        rest.split('"').next().unwrap().to_owned()
    }

    /// The digits for the kiosk.
    pub(crate) fn digits(&self) -> Option<String> {
        let (_, rest) = self.answer.body.split_once("class=\"digits\">")?;
        let (inside, _) = rest.split_once("</p>")?;
        Some(inside.chars().filter(char::is_ascii_digit).collect())
    }

    pub(crate) fn is_form(&self) -> bool {
        self.answer.body.contains("autocomplete=\"new-password\"")
    }
}
