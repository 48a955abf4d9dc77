//! WeCom as the caller: what members do is told to the app's callback address, signed and sealed,
//! again and again until it is taken.

use std::time::Duration;

use axum::http::{StatusCode, header};

use super::chat::Said;
use super::routes::random_id;
use super::seal::CallbackKeys;
use super::{Shared, SimWecom};
use crate::sim::http::{self, HttpError};

/// How long WeCom waits for an answer to its check of the address.
const CHECK_WAIT: Duration = Duration::from_secs(1);
/// How often a callback is tried.
const ATTEMPTS: u32 = 3;
/// The most callbacks that are held back.
const MAX_HELD: usize = 1000;

/// What became of a callback.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Handed {
    /// The HTTP status of each try; `None` when there was no answer in five seconds.
    pub tries: Vec<Option<u16>>,
    /// What the last answer said.
    pub reply: String,
}

impl Handed {
    /// Whether the app took it.
    pub fn taken(&self) -> bool {
        self.tries.last() == Some(&Some(200))
    }
}

/// Something that a member did.
#[derive(Clone)]
pub(super) struct Act {
    by: String,
    kind: &'static str,
    /// Element and text.
    fields: Vec<(&'static str, String)>,
}

impl Act {
    fn event(by: &str, event: &str, key: &str) -> Self {
        Self {
            by: by.to_owned(),
            kind: "event",
            fields: vec![("Event", event.to_owned()), ("EventKey", key.to_owned())],
        }
    }
}

impl Shared {
    /// A member writes to the app.
    pub(in crate::sim) async fn say(&self, by: &str, text: &str) -> Handed {
        let id = {
            let mut state = self.lock();
            state.last_message = state.last_message.saturating_add(1);
            state.chats.said(Said {
                by: by.to_owned(),
                text: text.to_owned(),
                at: self.clock.now().wall,
            });
            state.last_message
        };
        let fields = vec![("Content", text.to_owned()), ("MsgId", id.to_string())];
        self.hand_over(Act {
            by: by.to_owned(),
            kind: "text",
            fields,
        })
        .await
    }

    /// A member opens the chat with the app.
    pub(in crate::sim) async fn enter(&self, by: &str) -> Handed {
        if !self.lock().reports_entering {
            return Handed::default();
        }
        self.hand_over(Act::event(by, "enter_agent", "")).await
    }

    /// A member presses an entry of the app's menu.
    pub(in crate::sim) async fn press_menu(&self, by: &str, key: &str) -> Handed {
        self.hand_over(Act::event(by, "click", key)).await
    }

    /// A member presses a card's button. Nothing happens when there is no such button, or none
    /// any more.
    pub(in crate::sim) async fn press(&self, by: &str, task: &str, key: &str) -> Handed {
        let ticket = random_id(self, "rc");
        {
            let mut state = self.lock();
            let there = state.chats.cards(by).into_iter().find(|card| {
                let mut keys = card.buttons.iter().map(|(key, _)| key);
                card.task == task && card.replaced.is_none() && keys.any(|its| its == key)
            });
            let Some(card) = there else {
                return Handed::default();
            };
            let now = self.clock.now().wall;
            state.tickets.issue(ticket.clone(), &card.id, now);
        }
        let mut act = Act::event(by, "template_card_event", key);
        act.fields.extend([
            ("TaskId", task.to_owned()),
            ("CardType", "button_interaction".to_owned()),
            ("ResponseCode", ticket),
        ]);
        self.hand_over(act).await
    }

    async fn hand_over(&self, act: Act) -> Handed {
        {
            let mut state = self.lock();
            if state.faults.hold_callbacks {
                if state.held.len() < MAX_HELD {
                    state.held.push(act);
                }
                return Handed::default();
            }
        }
        self.deliver(&act).await
    }

    async fn deliver(&self, act: &Act) -> Handed {
        let (target, faults) = {
            let state = self.lock();
            (state.callback.clone(), state.faults.clone())
        };
        let Some(target) = target else {
            return Handed::default();
        };
        let inner = self.write(act, faults.plain_xml);
        let attempts = faults.callback_attempts.unwrap_or(ATTEMPTS);
        let mut handed = Handed::default();
        for _ in 0..attempts {
            self.post(&target, &inner, &mut handed).await;
            if handed.taken() {
                break;
            }
        }
        for _ in 0..faults.extra_callbacks {
            self.post(&target, &inner, &mut handed).await;
        }
        handed
    }

    async fn post(&self, target: &str, inner: &str, handed: &mut Handed) {
        let answer = match self.posting(target, inner) {
            Some(request) => http::exchange(request).await,
            None => Err(HttpError::Broken("no such address".to_owned())),
        };
        handed.tries.push(match answer {
            Ok(answer) => {
                handed.reply = String::from_utf8_lossy(&answer.body).into_owned();
                Some(answer.status.as_u16())
            }
            Err(_) => None,
        });
    }

    /// The request that carries `inner`.
    fn posting(&self, target: &str, inner: &str) -> Option<axum::http::Request<http::Body>> {
        let sealed = self.seal(inner)?;
        let query = self.signed_query(&sealed);
        let (corp, app) = (&self.app.corp_id, self.app.agent_id);
        let body = format!(
            "<xml><ToUserName><![CDATA[{corp}]]></ToUserName><AgentID><![CDATA[{app}]]></AgentID>\
             <Encrypt><![CDATA[{sealed}]]></Encrypt></xml>"
        );
        http::request(&format!("{target}?{query}"))
            .method("POST")
            .header(header::CONTENT_TYPE, "text/xml")
            .body(http::Body::from(body))
            .ok()
    }

    fn keys(&self) -> &CallbackKeys {
        &self.app.callback
    }

    fn seal(&self, inner: &str) -> Option<String> {
        let mut random = [0; 16];
        self.entropy.fill(&mut random);
        self.keys().seal(random, inner, &self.app.corp_id)
    }

    fn signed_query(&self, sealed: &str) -> String {
        let timestamp = self.clock.now().wall.as_secs().to_string();
        let nonce = random_id(self, "n");
        let signature = self.keys().sign(&timestamp, &nonce, sealed);
        format!("msg_signature={signature}&timestamp={timestamp}&nonce={nonce}")
    }

    fn write(&self, act: &Act, plain: bool) -> String {
        let created = self.clock.now().wall.as_secs().to_string();
        let app = self.app.agent_id.to_string();
        let text = |text: &str| match plain {
            true => text
                .replace('&', "&amp;")
                .replace('<', "&lt;")
                .replace('>', "&gt;"),
            false => format!("<![CDATA[{}]]>", text.replace("]]>", "]]]]><![CDATA[>")),
        };
        let mut xml = "<xml>".to_owned();
        let mut element = |name: &str, text: &str| {
            xml.push_str(&format!("<{name}>{text}</{name}>"));
        };
        element("ToUserName", &text(&self.app.corp_id));
        element("FromUserName", &text(&act.by));
        element("CreateTime", &created);
        element("MsgType", &text(act.kind));
        for (name, value) in &act.fields {
            element(name, &text(value));
        }
        element("AgentID", &app);
        xml.push_str("</xml>");
        xml
    }

    /// WeCom's check when an administrator enters the callback's address.
    async fn check(&self, target: &str) -> Result<(), String> {
        let secret = random_id(self, "echo");
        let sealed = self.seal(&secret).ok_or("the key is none")?;
        let query = self.signed_query(&sealed);
        let mut echo = url::form_urlencoded::Serializer::new(String::new());
        let echo = echo.append_pair("echostr", &sealed).finish();
        let url = format!("{target}?{query}&{echo}");
        let answer = tokio::time::timeout(CHECK_WAIT, http::get(&url)).await;
        let answer = answer.map_err(|_| "no answer within a second")?;
        let answer = answer.map_err(|error| error.to_string())?;
        match answer.status {
            StatusCode::OK if answer.body == secret => Ok(()),
            StatusCode::OK => Err("the answer is not the opened echostr".to_owned()),
            status => Err(format!("the answer has status {status}")),
        }
    }
}

impl SimWecom {
    /// An administrator enters the callback's address: WeCom checks it, and takes it only when
    /// the answer is right.
    ///
    /// # Errors
    /// What is wrong with the answer.
    pub async fn enter_callback(&self, url: &str) -> Result<(), String> {
        self.shared.check(url).await?;
        self.set_callback(url);
        Ok(())
    }

    /// Sets the callback's address unchecked.
    pub fn set_callback(&self, url: &str) {
        self.shared.lock().callback = Some(url.to_owned());
    }

    /// A member writes to the app.
    pub async fn say(&self, by: &str, text: &str) -> Handed {
        self.shared.say(by, text).await
    }

    /// A member opens the chat with the app.
    pub async fn enter(&self, by: &str) -> Handed {
        self.shared.enter(by).await
    }

    /// A member presses an entry of the app's menu, by its key.
    pub async fn press_menu(&self, by: &str, key: &str) -> Handed {
        self.shared.press_menu(by, key).await
    }

    /// A member presses a button of a card of theirs. Nothing was tried when there is no such
    /// button, or none any more.
    pub async fn press(&self, by: &str, task: &str, key: &str) -> Handed {
        self.shared.press(by, task, key).await
    }

    /// Delivers what was held back, newest first.
    pub async fn release_callbacks(&self) -> Vec<Handed> {
        let held = {
            let mut state = self.shared.lock();
            state.faults.hold_callbacks = false;
            std::mem::take(&mut state.held)
        };
        let mut handed = Vec::new();
        for act in held.iter().rev() {
            handed.push(self.shared.deliver(act).await);
        }
        handed
    }

    /// A signed and sealed callback with any inside, for tests of what reads it: the address's
    /// query, and the body.
    pub fn forge(&self, inner: &str) -> Option<(String, String)> {
        let sealed = self.shared.seal(inner)?;
        let query = self.shared.signed_query(&sealed);
        let corp = &self.shared.app.corp_id;
        let body = format!("<xml><ToUserName>{corp}</ToUserName><Encrypt>{sealed}</Encrypt></xml>");
        Some((query, body))
    }
}
