//! The languages there are words in.

/// One of the program's languages.
#[derive(Copy, Clone, PartialEq, Eq, Hash, Debug)]
pub enum Language {
    /// English.
    English,
    /// Chinese in simplified characters.
    Chinese,
    /// Indonesian.
    Indonesian,
}

impl Language {
    /// All of them, in the order F2 goes through.
    pub const ALL: [Self; 3] = [Self::English, Self::Chinese, Self::Indonesian];

    /// Its name in itself.
    pub fn own_name(self) -> &'static str {
        match self {
            Self::English => "English",
            Self::Chinese => "中文",
            Self::Indonesian => "Bahasa Indonesia",
        }
    }

    /// Its tag, as in `[site] languages`.
    pub fn tag(self) -> &'static str {
        match self {
            Self::English => "en",
            Self::Chinese => "zh-CN",
            Self::Indonesian => "id",
        }
    }

    /// Reads a language from a tag (`zh-CN`), a locale (`zh_CN.UTF-8`) or a list of preferences
    /// (`zh-TW, en;q=0.8`, as in preferredLanguage, RFC 2798): the first one there are words in.
    pub fn parse(tag: &str) -> Option<Self> {
        tag.split([',', ':']).find_map(Self::parse_one)
    }

    fn parse_one(tag: &str) -> Option<Self> {
        let primary = tag.trim().split(['-', '_', '.', ';', '@']).next()?;
        match primary.to_ascii_lowercase().as_str() {
            "en" => Some(Self::English),
            "zh" => Some(Self::Chinese),
            // `in` was the tag for Indonesian until 1989; Java still writes it.
            "id" | "in" => Some(Self::Indonesian),
            _ => None,
        }
    }

    /// The language for a person with `tag`: theirs when the site offers it, else the site's
    /// first; English when the site names none.
    pub fn choose(tag: Option<&str>, site: &[Self]) -> Self {
        tag.and_then(Self::parse)
            .filter(|language| site.contains(language))
            .or_else(|| site.first().copied())
            .unwrap_or(Self::English)
    }
}

#[cfg(test)]
mod tests {
    use super::Language::{self, Chinese, English, Indonesian};

    #[test]
    fn tags_locales_and_preferences_are_understood() {
        for (tag, language) in [
            ("zh", Some(Chinese)),
            ("zh-CN", Some(Chinese)),
            ("zh_CN.UTF-8", Some(Chinese)),
            ("ZH-hans-cn", Some(Chinese)),
            ("id_ID", Some(Indonesian)),
            ("id_ID.utf8@latin", Some(Indonesian)),
            ("in", Some(Indonesian)),
            ("en", Some(English)),
            ("en_GB:en", Some(English)),
            ("de, zh;q=0.8", Some(Chinese)),
            ("de", None),
            ("C.UTF-8", None),
            ("", None),
            ("english", None),
        ] {
            assert_eq!(Language::parse(tag), language, "{tag}");
        }
    }

    #[test]
    fn the_sites_first_language_is_the_fallback() {
        let site = [Indonesian, English];
        assert_eq!(Language::choose(Some("zh-CN"), &site), Indonesian);
        assert_eq!(Language::choose(Some("en_US"), &site), English);
        assert_eq!(Language::choose(None, &site), Indonesian);
        assert_eq!(Language::choose(Some("xx"), &[]), English);
    }

    #[test]
    fn every_tag_reads_back() {
        for language in Language::ALL {
            assert_eq!(Language::parse(language.tag()), Some(language));
        }
    }
}
