//! The chat, wired: WeCom's callbacks arrive at the web front's address.

use std::sync::Arc;

use axum::Router;
use jiff::tz::TimeZone;

use super::Installation;
use crate::adapters::wecom::Wecom;
use crate::adapters::wecom::menu::MenuEntry;
use crate::boot::{BootError, languages};
use crate::config::{self, Config};
use crate::domain::code::Place;
use crate::flow::driver::Resets;
use crate::fronts::chat::{Chat, ChatSettings, ChatWords, MENU_EXPAND, Passwords};
use crate::text::Language;

/// What the chat adds to the web front: nothing without the callback's secrets.
///
/// # Errors
/// When something that the configuration names cannot be used.
pub(super) fn routes(config: &Config, installation: &Installation) -> Result<Router, BootError> {
    let Some(callbacks) = installation.callbacks.clone() else {
        return Ok(Router::new());
    };
    let site = config.site()?;
    let ports = installation.ports.clone();
    // Messages say where a reset happens.
    let place = Place {
        front: "chat",
        kiosk: "WeCom".to_owned(),
    };
    let at_work = installation.at_work.clone();
    let chat = Chat::new(ChatSettings {
        resets: Resets::new(
            ports.clone(),
            place.clone(),
            config.code(),
            config.site_policy(),
        ),
        ports,
        place,
        code: config.code(),
        callbacks,
        identity: installation.wecom.clone(),
        words: ChatWords {
            texts: installation.texts.clone(),
            site: site.name.clone(),
            it_phone: site.it_phone.clone(),
            zone: TimeZone::system(),
            languages: languages(config)?,
            passwords: match config.chat().passwords {
                config::ChatPasswords::Off => Passwords::Off,
                config::ChatPasswords::Temporary => Passwords::Temporary,
                config::ChatPasswords::Allow => Passwords::Allow,
            },
        },
        public_url: site.public_url.as_str().trim_end_matches('/').to_owned(),
        spawn: Box::new(move |work| at_work.spawn(work)),
    });
    tokio::spawn(offer_menu(
        installation.wecom.clone(),
        menu_name(config, installation)?,
    ));
    Ok(chat.routes())
}

/// What the menu entry that sends the instructions is called, in the site's first language.
fn menu_name(config: &Config, installation: &Installation) -> Result<String, BootError> {
    let language = languages(config)?.first().copied();
    let language = language.unwrap_or(Language::English);
    Ok(installation.texts.say(language, "screen-drawn-expand"))
}

/// Makes the menu where there is none. The chat works without.
async fn offer_menu(wecom: Arc<Wecom>, name: String) {
    let Some(entry) = MenuEntry::new(MENU_EXPAND, &name) else {
        return;
    };
    if let Err(error) = wecom.offer_menu(&[entry]).await {
        tracing::warn!(%error, "the app's menu could not be looked at, or made");
    }
}
