//! `[wecom]`: the company's WeCom and rekey's application in it.

use std::path::PathBuf;

use serde::Deserialize;
use url::Url;

use super::error::Fault;
use super::secret::{self, Inline, Keys};
use super::value::{self, Folder};
use crate::domain::secret::Credential;

const SECRET: Keys = Keys {
    inline: "secret",
    file: "secret_file",
};
const CALLBACK_TOKEN: Keys = Keys {
    inline: "callback_token",
    file: "callback_token_file",
};
const CALLBACK_AES_KEY: Keys = Keys {
    inline: "callback_aes_key",
    file: "callback_aes_key_file",
};

/// The company's WeCom and rekey's application in it.
pub struct Wecom {
    /// `https://...`, or `http://...` on loopback.
    pub api: Url,
    /// The company's id.
    pub corp_id: String,
    /// The application's id.
    pub agent_id: u32,
    /// The application's secret.
    pub secret: Credential,
    /// What WeCom's calls to rekey are checked with; only chat and web need it.
    pub callback: Option<Callback>,
}

/// What WeCom's calls to rekey are checked and opened with.
pub struct Callback {
    /// At most 32 letters and digits.
    pub token: Credential,
    /// The EncodingAESKey: 43 letters and digits.
    pub aes_key: Credential,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Raw {
    api: Option<String>,
    corp_id: String,
    agent_id: i64,
    secret: Option<Inline>,
    secret_file: Option<PathBuf>,
    callback_token: Option<Inline>,
    callback_token_file: Option<PathBuf>,
    callback_aes_key: Option<Inline>,
    callback_aes_key_file: Option<PathBuf>,
}

impl Raw {
    pub(super) fn check(self, folder: &Folder) -> Result<Wecom, Fault> {
        let api = self.api.as_deref().unwrap_or("https://qyapi.weixin.qq.com");
        let agent_id = value::within("agent_id", self.agent_id, &(1..=i64::from(u32::MAX)))?;
        let token = secret::optional(
            &CALLBACK_TOKEN,
            self.callback_token,
            self.callback_token_file,
            folder,
        )?;
        let aes_key = secret::optional(
            &CALLBACK_AES_KEY,
            self.callback_aes_key,
            self.callback_aes_key_file,
            folder,
        )?;
        Ok(Wecom {
            api: api_address(api)?,
            corp_id: corp_id(self.corp_id)?,
            agent_id: u32::try_from(agent_id)
                .map_err(|_| Fault::new("agent_id", "is too large"))?,
            secret: secret::required(&SECRET, self.secret, self.secret_file, folder)?,
            callback: callback(token, aes_key)?,
        })
    }
}

/// The API's paths are WeCom's own: one before them would be dropped without a word.
fn api_address(written: &str) -> Result<Url, Fault> {
    let url = value::web_address("api", written)?;
    if url.path() != "/" {
        return Err(Fault::new(
            "api",
            format!("must end after the host, is {written:?}"),
        ));
    }
    Ok(url)
}

fn corp_id(written: String) -> Result<String, Fault> {
    let well_formed = !written.is_empty() && written.chars().all(|c| c.is_ascii_alphanumeric());
    if well_formed {
        return Ok(written);
    }
    Err(Fault::new(
        "corp_id",
        format!("must be an id such as \"ww1234567890abcdef\", is {written:?}"),
    ))
}

/// Shapes from <https://developer.work.weixin.qq.com/document/path/90930>.
fn callback(
    token: Option<Credential>,
    aes_key: Option<Credential>,
) -> Result<Option<Callback>, Fault> {
    let (token, aes_key) = match (token, aes_key) {
        (None, None) => return Ok(None),
        (Some(token), Some(aes_key)) => (token, aes_key),
        (None, Some(_)) => {
            return Err(Fault::new(CALLBACK_TOKEN.file, "is missing: both or none"));
        }
        (Some(_), None) => {
            return Err(Fault::new(
                CALLBACK_AES_KEY.file,
                "is missing: both or none",
            ));
        }
    };
    let plain = |text: &str| text.bytes().all(|b| b.is_ascii_alphanumeric());
    if token.expose().len() > 32 || !plain(token.expose()) {
        return Err(Fault::new(
            CALLBACK_TOKEN.file,
            "must hold 1 to 32 letters and digits",
        ));
    }
    if aes_key.expose().len() != 43 || !plain(aes_key.expose()) {
        return Err(Fault::new(
            CALLBACK_AES_KEY.file,
            "must hold 43 letters and digits",
        ));
    }
    Ok(Some(Callback { token, aes_key }))
}
