//! What a client tells of its environment: the locale, and nothing else is listened to.

/// Longest value of a variable, in bytes.
const VALUE_MAX: usize = 64;

/// The locale's variables, in the order they count (POSIX, 8.2).
#[derive(Clone, Default)]
pub struct Locale {
    all: Option<String>,
    ctype: Option<String>,
    messages: Option<String>,
    lang: Option<String>,
}

impl Locale {
    /// Takes a variable in; whether it is one that counts.
    pub(super) fn take(&mut self, name: &str, value: &str) -> bool {
        let slot = match name {
            "LC_ALL" => &mut self.all,
            "LC_CTYPE" => &mut self.ctype,
            "LC_MESSAGES" => &mut self.messages,
            "LANG" => &mut self.lang,
            _ => return false,
        };
        let fits = (1..=VALUE_MAX).contains(&value.len());
        *slot = fits.then(|| value.to_owned());
        fits
    }

    /// A variable, as [`crate::fronts::tui::probe`] looks it up.
    pub(super) fn look_up(&self, name: &str) -> Option<String> {
        match name {
            "LC_ALL" => self.all.clone(),
            "LC_CTYPE" => self.ctype.clone(),
            "LANG" => self.lang.clone(),
            _ => None,
        }
    }

    /// The language that messages are wanted in, as a locale's name.
    pub fn language(&self) -> Option<&str> {
        [&self.all, &self.messages, &self.lang, &self.ctype]
            .into_iter()
            .flatten()
            .next()
            .map(String::as_str)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_locale_is_taken() {
        let mut locale = Locale::default();
        assert!(locale.take("LANG", "zh_CN.UTF-8"));
        for (name, value) in [
            ("LD_PRELOAD", "/tmp/evil.so"),
            ("TERM", "dumb"),
            ("NO_COLOR", "1"),
            ("LANGUAGE", "id"),
            ("LC_ALL", ""),
            ("LC_CTYPE", &"x".repeat(65)),
        ] {
            assert!(!locale.take(name, value), "{name}");
            assert_eq!(locale.look_up(name), None, "{name}");
        }
        assert_eq!(locale.language(), Some("zh_CN.UTF-8"));
        assert!(locale.take("LC_ALL", "id_ID.UTF-8"));
        assert_eq!(locale.language(), Some("id_ID.UTF-8"));
    }
}
