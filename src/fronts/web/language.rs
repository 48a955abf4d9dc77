//! In which language a page speaks.

use axum::http::{HeaderMap, Uri, header};

use super::Web;
use super::body::in_query;
use super::cookies::Name;
use crate::text::Language;

/// The longest header that is looked at.
const HEADER_MAX: usize = 512;

impl Web {
    /// The language that was chosen on a page, now or before.
    pub(super) fn chosen(&self, headers: &HeaderMap, uri: &Uri) -> Option<Language> {
        let now = in_query(uri.query(), "lang");
        let before = self.jar.read(headers, Name::Language);
        let offered = |tag: Option<&str>| self.offered(Language::parse(tag?)?);
        offered(now.as_deref()).or_else(|| offered(before))
    }

    /// The chosen language; else the account's; else WeCom's own or the browser's; else the
    /// site's first.
    pub(super) fn language(
        &self,
        headers: &HeaderMap,
        uri: &Uri,
        account: Option<&str>,
    ) -> Language {
        let site = &self.settings.languages;
        let theirs = account.and_then(Language::parse);
        self.chosen(headers, uri)
            .or_else(|| self.offered(theirs?))
            .or_else(|| self.offered(of_wecom(headers)?))
            .or_else(|| preferred(headers, site))
            .unwrap_or_else(|| Language::choose(None, site))
    }

    fn offered(&self, language: Language) -> Option<Language> {
        let site = &self.settings.languages;
        site.contains(&language).then_some(language)
    }
}

/// What WeCom's own screens speak: `... MicroMessenger/6.3.22 Language/zh`.
pub(super) fn of_wecom(headers: &HeaderMap) -> Option<Language> {
    let agent = short(headers, header::USER_AGENT)?;
    let (_, after) = agent.rsplit_once("Language/")?;
    Language::parse(after.split_whitespace().next()?)
}

/// The first of the browser's languages that the site offers, by the browser's weights.
pub(super) fn preferred(headers: &HeaderMap, site: &[Language]) -> Option<Language> {
    let list = short(headers, header::ACCEPT_LANGUAGE)?;
    let mut best: Option<(f32, Language)> = None;
    for part in list.split(',') {
        let (tag, weight) = part.split_once(';').unwrap_or((part, ""));
        let weight = weight.trim().strip_prefix("q=").unwrap_or("1");
        let weight = weight.parse::<f32>().unwrap_or(0.0);
        let offered = Language::parse(tag).filter(|language| site.contains(language));
        if let Some(language) = offered
            && best.is_none_or(|(heaviest, _)| weight > heaviest)
        {
            best = Some((weight, language));
        }
    }
    best.map(|(_, language)| language)
}

fn short(headers: &HeaderMap, name: header::HeaderName) -> Option<&str> {
    let text = headers.get(name)?.to_str().ok()?;
    (text.len() <= HEADER_MAX).then_some(text)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn with(name: header::HeaderName, value: &str) -> HeaderMap {
        let mut headers = HeaderMap::new();
        headers.insert(name, value.parse().unwrap());
        headers
    }

    #[test]
    fn wecom_says_its_language_in_its_name() {
        let agent = "Mozilla/5.0 Mobile/14C92 wxwork/2.4.2 MicroMessenger/6.3.22 Language/zh";
        let headers = with(header::USER_AGENT, agent);
        assert_eq!(of_wecom(&headers), Some(Language::Chinese));
        assert_eq!(of_wecom(&with(header::USER_AGENT, "curl/8")), None);
    }

    #[test]
    fn the_browsers_heaviest_language_that_is_offered_counts() {
        let site = [Language::English, Language::Indonesian];
        for (list, language) in [
            ("id-ID,id;q=0.9,en;q=0.8", Some(Language::Indonesian)),
            ("zh-CN,en;q=0.5,id;q=0.7", Some(Language::Indonesian)),
            ("de, fr;q=0.2", None),
            (";;q=,,", None),
        ] {
            let headers = with(header::ACCEPT_LANGUAGE, list);
            assert_eq!(preferred(&headers, &site), language, "{list}");
        }
    }

    proptest! {
        #[test]
        fn any_header_is_survived(text in "[ -~]{0,100}") {
            preferred(&with(header::ACCEPT_LANGUAGE, &text), &Language::ALL);
            of_wecom(&with(header::USER_AGENT, &text));
        }
    }
}
