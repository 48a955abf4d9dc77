//! A real browser, headless and the size of a phone, driven over WebDriver (W3C): `chromedriver`
//! listens on loopback and speaks JSON.

use std::io::{BufRead as _, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};

use crate::company::now;
use crate::wire;

/// Elements are named by this key.
const ELEMENT: &str = "element-6066-11e4-a52e-4f735466cecf";

pub(crate) struct Browser {
    driver: Child,
    authority: String,
    session: String,
}

impl Browser {
    /// Starts one that calls itself `agent`; without `scripts` no page runs any.
    pub(crate) fn start(agent: &str, scripts: bool) -> Self {
        let driver = Command::new("chromedriver")
            .arg("--port=0")
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn();
        let mut driver = driver.expect("chromium-driver is installed");
        let mut lines = BufReader::new(driver.stdout.take().unwrap()).lines();
        let port = lines
            .find_map(|line| {
                let line = line.unwrap();
                let (_, port) = line.split_once("successfully on port ")?;
                Some(port.trim_end_matches('.').to_owned())
            })
            .expect("chromedriver starts");
        // It must not be stopped by a full pipe.
        std::thread::spawn(move || lines.for_each(drop));
        let mut browser = Self {
            driver,
            authority: format!("127.0.0.1:{port}"),
            session: String::new(),
        };
        let args = [
            "--headless=new",
            "--no-sandbox",
            "--disable-gpu",
            "--disable-dev-shm-usage",
            "--hide-scrollbars",
            "--window-size=360,900",
            &format!("--user-agent={agent}"),
        ];
        let mut options = json!({ "args": args });
        if !scripts {
            options["prefs"] = json!({"profile.managed_default_content_settings.javascript": 2});
        }
        let wanted = json!({"capabilities": {"alwaysMatch": {"goog:chromeOptions": options}}});
        let session = browser.ask("POST", "/session", Some(&wanted));
        browser.session = session["sessionId"].as_str().unwrap().to_owned();
        browser
    }

    pub(crate) fn open(&self, url: &str) {
        self.command("POST", "/url", Some(&json!({ "url": url })));
    }

    pub(crate) fn url(&self) -> String {
        self.command("GET", "/url", None)
            .as_str()
            .unwrap()
            .to_owned()
    }

    /// Whose phone it is, for the simulated WeCom; `page` is any page of the same host.
    pub(crate) fn belong_to(&self, userid: &str, page: &str) {
        self.open(page);
        let cookie = json!({"cookie": {"name": "phone", "value": userid}});
        self.command("POST", "/cookie", Some(&cookie));
    }

    pub(crate) fn type_into(&self, selector: &str, text: &str) {
        let path = format!("/element/{}/value", self.element(selector));
        self.command("POST", &path, Some(&json!({ "text": text })));
    }

    pub(crate) fn click(&self, selector: &str) {
        let path = format!("/element/{}/click", self.element(selector));
        self.command("POST", &path, Some(&json!({})));
    }

    /// What is to be seen of an element.
    pub(crate) fn text(&self, selector: &str) -> String {
        let path = format!("/element/{}/text", self.element(selector));
        self.command("GET", &path, None)
            .as_str()
            .unwrap()
            .to_owned()
    }

    pub(crate) fn is_visible(&self, selector: &str) -> bool {
        let path = format!("/element/{}/displayed", self.element(selector));
        self.command("GET", &path, None).as_bool().unwrap()
    }

    pub(crate) fn property(&self, selector: &str, name: &str) -> Value {
        let path = format!("/element/{}/property/{name}", self.element(selector));
        self.command("GET", &path, None)
    }

    /// Runs a script of the test's own, which pages cannot forbid.
    pub(crate) fn run(&self, script: &str) -> Value {
        let call = json!({"script": script, "args": []});
        self.command("POST", "/execute/sync", Some(&call))
    }

    /// Leaves a picture of the page, for people to look at.
    pub(crate) fn picture(&self, name: &str) {
        let encoded = self.command("GET", "/screenshot", None);
        let png = STANDARD.decode(encoded.as_str().unwrap()).unwrap();
        let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("pages");
        std::fs::create_dir_all(&folder).unwrap();
        std::fs::write(folder.join(name).with_extension("png"), png).unwrap();
    }

    /// Waits until the page says `words`.
    #[track_caller]
    pub(crate) fn wait_for(&self, words: &str) {
        let deadline = now() + Duration::from_secs(20);
        loop {
            let text = self.body().unwrap_or_default();
            if text.contains(words) {
                return;
            }
            assert!(now() < deadline, "no {words:?} on {}: {text}", self.url());
        }
    }

    /// What is to be seen of the page; `None` between two pages.
    fn body(&self) -> Option<String> {
        let session = &self.session;
        let by = json!({"using": "css selector", "value": "body"});
        let path = format!("/session/{session}/element");
        let body = self.try_ask("POST", &path, Some(&by)).ok()?;
        let path = format!(
            "/session/{session}/element/{}/text",
            body[ELEMENT].as_str()?
        );
        let text = self.try_ask("GET", &path, None).ok()?;
        Some(text.as_str()?.to_owned())
    }

    fn element(&self, selector: &str) -> String {
        let by = json!({"using": "css selector", "value": selector});
        let found = self.command("POST", "/element", Some(&by));
        found[ELEMENT].as_str().unwrap().to_owned()
    }

    #[track_caller]
    fn command(&self, method: &str, path: &str, body: Option<&Value>) -> Value {
        self.ask(method, &format!("/session/{}{path}", self.session), body)
    }

    #[track_caller]
    fn ask(&self, method: &str, path: &str, body: Option<&Value>) -> Value {
        let said = self.try_ask(method, path, body);
        said.unwrap_or_else(|error| panic!("{method} {path}: {error}"))
    }

    /// The answer's value, or the error that is in its place.
    fn try_ask(&self, method: &str, path: &str, body: Option<&Value>) -> Result<Value, Value> {
        let body = body.map(ToString::to_string).unwrap_or_default();
        let request = format!(
            "{method} {path} HTTP/1.1\r\nHost: {}\r\nContent-Type: application/json\r\n\
             Content-Length: {}\r\n\r\n{body}",
            self.authority,
            body.len()
        );
        let mut stream = wire::connect(&self.authority);
        stream
            .set_read_timeout(Some(Duration::from_secs(90)))
            .unwrap();
        let answer = wire::exchange(&mut stream, request.as_bytes()).unwrap();
        let mut said: Value = serde_json::from_str(&answer.body).unwrap();
        let value = said["value"].take();
        if answer.status == 200 {
            Ok(value)
        } else {
            Err(value)
        }
    }
}

impl Drop for Browser {
    fn drop(&mut self) {
        if !self.session.is_empty() {
            let request = format!(
                "DELETE /session/{} HTTP/1.1\r\nHost: {}\r\n\r\n",
                self.session, self.authority
            );
            let mut stream = wire::connect(&self.authority);
            let _ = wire::exchange(&mut stream, request.as_bytes());
        }
        let _ = self.driver.kill();
        let _ = self.driver.wait();
    }
}
