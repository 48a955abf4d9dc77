//! `[site]`: the company's installation.

use serde::Deserialize;
use url::Url;

use super::error::Fault;
use super::value;
use crate::domain::words::Words;

/// The company's installation: its name, languages, public address.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Site {
    /// Shown at the top of every screen.
    pub name: String,
    /// At least one; the first is where a screen starts.
    pub languages: Vec<Language>,
    /// `https://...`, or `http://...` on loopback.
    pub public_url: Url,
    /// Never part of a good password.
    pub words: Vec<String>,
    /// IT support's phone number, as it is read out.
    pub it_phone: Option<String>,
    /// When IT support answers, as it is read out.
    pub it_hours: Option<String>,
}

impl Site {
    /// The short address shown beside QR codes: host, and port where it is not the usual one.
    pub fn short_address(&self) -> String {
        let host = self.public_url.host_str().unwrap_or_default();
        match self.public_url.port() {
            Some(port) => format!("{host}:{port}"),
            None => host.to_owned(),
        }
    }
}

/// A language that rekey speaks.
#[derive(Copy, Clone, PartialEq, Eq, Hash, Debug)]
pub enum Language {
    /// `en`.
    English,
    /// `zh-CN`.
    Chinese,
    /// `id`.
    Indonesian,
}

impl Language {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::English, Self::Chinese, Self::Indonesian];

    /// Its tag (BCP 47).
    pub fn tag(self) -> &'static str {
        match self {
            Self::English => "en",
            Self::Chinese => "zh-CN",
            Self::Indonesian => "id",
        }
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Raw {
    name: String,
    languages: Option<Vec<String>>,
    public_url: String,
    #[serde(default)]
    words: Vec<String>,
    it_phone: Option<String>,
    it_hours: Option<String>,
}

impl Raw {
    pub(super) fn check(self) -> Result<Site, Fault> {
        Ok(Site {
            name: value::text("name", self.name)?,
            languages: match self.languages {
                Some(tags) => languages(&tags)?,
                None => Language::ALL.to_vec(),
            },
            public_url: public_url(&self.public_url)?,
            words: words(self.words)?,
            it_phone: self
                .it_phone
                .map(|phone| value::text("it_phone", phone))
                .transpose()?,
            it_hours: self
                .it_hours
                .map(|hours| value::text("it_hours", hours))
                .transpose()?,
        })
    }
}

fn languages(tags: &[String]) -> Result<Vec<Language>, Fault> {
    let known = "\"en\", \"zh-CN\" and \"id\"";
    let mut found = Vec::with_capacity(tags.len());
    for tag in tags {
        let language = Language::ALL
            .into_iter()
            .find(|language| language.tag() == tag)
            .ok_or_else(|| Fault::new("languages", format!("{tag:?} is not known; {known} are")))?;
        if found.contains(&language) {
            return Err(Fault::new(
                "languages",
                format!("{tag:?} stands there twice"),
            ));
        }
        found.push(language);
    }
    if found.is_empty() {
        return Err(Fault::new("languages", format!("must name one of {known}")));
    }
    Ok(found)
}

/// A path would make the QR code too large for 80x24, so the address is a host alone.
fn public_url(written: &str) -> Result<Url, Fault> {
    let url = value::web_address("public_url", written)?;
    if url.path() != "/" {
        return Err(Fault::new(
            "public_url",
            format!("must end after the host, is {written:?}"),
        ));
    }
    Ok(url)
}

fn words(words: Vec<String>) -> Result<Vec<String>, Fault> {
    words
        .into_iter()
        .map(|word| match value::text("words", word) {
            // A shorter one would refuse nearly every password, so it is never looked for.
            Ok(word) if Words::new(&[], std::slice::from_ref(&word)).site.is_empty() => {
                Err(Fault::new(
                    "words",
                    format!("{word:?} is too short: 3 letters or more, or 2 Chinese characters"),
                ))
            }
            other => other,
        })
        .collect()
}
