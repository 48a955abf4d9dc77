//! Message key -> words in the person's language; there is no prose anywhere else.
//!
//! The words stand in `assets/text/<language>/*.ftl` (Project Fluent) and are part of the
//! program. A key begins with a word that tells its file: `strength-`, `rule-`, `refusal-`,
//! `notice-`, `screen-`, `web-`, `chat-`, `desk-`, `record-`, `key-`, `date-`, `place-`, `ssh-` or `plain-`; a
//! test finds every such string in the sources and fails when a language does not have it.

mod dates;
mod language;

use fluent_bundle::concurrent::FluentBundle;
use fluent_bundle::{FluentArgs, FluentResource, FluentValue};
use unic_langid::LanguageIdentifier;

pub use language::Language;

use crate::domain::display::clean;

/// The files of one language, as part of the program.
macro_rules! files {
    ($language:literal) => {
        &[
            include_str!(concat!("../assets/text/", $language, "/strength.ftl")),
            include_str!(concat!("../assets/text/", $language, "/rules.ftl")),
            include_str!(concat!("../assets/text/", $language, "/refusals.ftl")),
            include_str!(concat!("../assets/text/", $language, "/notices.ftl")),
            include_str!(concat!("../assets/text/", $language, "/screens.ftl")),
            include_str!(concat!("../assets/text/", $language, "/keys.ftl")),
            include_str!(concat!("../assets/text/", $language, "/web.ftl")),
            include_str!(concat!("../assets/text/", $language, "/chat.ftl")),
            include_str!(concat!("../assets/text/", $language, "/ssh.ftl")),
            include_str!(concat!("../assets/text/", $language, "/plain.ftl")),
            include_str!(concat!("../assets/text/", $language, "/desk.ftl")),
            include_str!(concat!("../assets/text/", $language, "/records.ftl")),
        ]
    };
}

fn files(language: Language) -> &'static [&'static str] {
    match language {
        Language::English => files!("en"),
        Language::Chinese => files!("zh-CN"),
        Language::Indonesian => files!("id"),
    }
}

/// What is put into a text.
#[derive(Copy, Clone, Debug)]
pub enum Value<'a> {
    /// Text; it is made fit for a terminal on the way in (rule 8).
    Text(&'a str),
    /// A number; texts may depend on it (one try, two tries).
    Number(i64),
}

impl<'a> From<&'a str> for Value<'a> {
    fn from(text: &'a str) -> Self {
        Self::Text(text)
    }
}

impl<'a> From<&'a String> for Value<'a> {
    fn from(text: &'a String) -> Self {
        Self::Text(text)
    }
}

impl From<u32> for Value<'_> {
    fn from(number: u32) -> Self {
        Self::Number(i64::from(number))
    }
}

impl From<u8> for Value<'_> {
    fn from(number: u8) -> Self {
        Self::Number(i64::from(number))
    }
}

/// All texts in all languages. Share it with `Arc`: loading takes some milliseconds.
pub struct Texts {
    bundles: [(Language, FluentBundle<FluentResource>); 3],
}

impl Texts {
    /// Reads the texts that are part of the program. A broken entry is left out (a test sees to
    /// it that there is none).
    pub fn load() -> Self {
        Self {
            bundles: Language::ALL.map(|language| (language, bundle(language))),
        }
    }

    /// The words for `key`. One that `language` lacks is said in English; one that nobody has is
    /// said as the key itself.
    pub fn say(&self, language: Language, key: &str) -> String {
        self.say_with(language, key, &[])
    }

    /// The words for `key` with `values` put in.
    pub fn say_with(&self, language: Language, key: &str, values: &[(&str, Value<'_>)]) -> String {
        let mut args = FluentArgs::with_capacity(values.len());
        for (name, value) in values {
            let value = match value {
                Value::Text(text) => FluentValue::from(clean(text)),
                Value::Number(number) => FluentValue::from(*number),
            };
            args.set((*name).to_owned(), value);
        }
        [language, Language::English]
            .into_iter()
            .find_map(|language| self.format(language, key, &args))
            .unwrap_or_else(|| key.to_owned())
    }

    fn format(&self, language: Language, key: &str, args: &FluentArgs<'_>) -> Option<String> {
        let (_, bundle) = self.bundles.iter().find(|(of, _)| *of == language)?;
        let pattern = bundle.get_message(key)?.value()?;
        // What is wrong in a pattern shows as `{$name}` in the text: better than no text.
        let mut wrong = Vec::new();
        Some(
            bundle
                .format_pattern(pattern, Some(args), &mut wrong)
                .into_owned(),
        )
    }
}

fn bundle(language: Language) -> FluentBundle<FluentResource> {
    let locale: LanguageIdentifier = language.tag().parse().unwrap_or_default();
    let mut bundle = FluentBundle::new_concurrent(vec![locale]);
    // Isolation marks would reach the terminal, where many show as boxes.
    bundle.set_use_isolating(false);
    for source in files(language) {
        let resource = match FluentResource::try_new((*source).to_owned()) {
            Ok(resource) | Err((resource, _)) => resource,
        };
        bundle.add_resource_overriding(resource);
    }
    bundle
}

#[cfg(test)]
mod tests;
