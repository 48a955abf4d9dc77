//! The app's menu, below the chat. Entries that tell the app when they are pressed can only be
//! made by a call; the admin console makes others.

use serde::{Deserialize, Serialize};

use super::api::Failure;
use super::{Wecom, blame};
use crate::flow::ports::SendError;

/// `46003`: there is no menu.
const NO_MENU: i64 = 46003;

/// One entry: a press brings its key.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct MenuEntry {
    #[serde(rename = "type")]
    kind: &'static str,
    name: String,
    key: String,
}

impl MenuEntry {
    /// `None` when WeCom would not take it: at most 16 bytes of name and 128 of key.
    pub fn new(key: &str, name: &str) -> Option<Self> {
        let fits = (1..=16).contains(&name.len()) && (1..=128).contains(&key.len());
        fits.then(|| Self {
            kind: "click",
            name: name.to_owned(),
            key: key.to_owned(),
        })
    }
}

/// The body of `POST /cgi-bin/menu/create`: one to three entries
/// (<https://developer.work.weixin.qq.com/document/path/90231>).
#[derive(Serialize)]
pub(super) struct NewMenu<'a> {
    button: &'a [MenuEntry],
}

/// What `menu/get` answers.
#[derive(Deserialize)]
pub(super) struct Menu {
    #[serde(default)]
    button: Vec<serde::de::IgnoredAny>,
}

impl Wecom {
    /// Gives the app this menu when it has none; one that somebody else made stays. `true` when
    /// the menu was made.
    ///
    /// # Errors
    /// When WeCom does not take it.
    pub async fn offer_menu(&self, entries: &[MenuEntry]) -> Result<bool, SendError> {
        let asked = self.call(&self.messages, self.timeout, || {
            self.api.menu(self.agent_id)
        });
        match asked.await {
            Ok(menu) if menu.button.is_empty() => {}
            Err(Failure::Code(NO_MENU)) => {}
            Ok(_) => return Ok(false),
            Err(failure) => return Err(blame(&failure)),
        }
        let menu = NewMenu { button: entries };
        let made = self.call(&self.messages, self.timeout, || {
            self.api.make_menu(self.agent_id, &menu)
        });
        made.await.map(|()| true).map_err(|failure| blame(&failure))
    }
}
