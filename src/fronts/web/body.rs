//! What a form sends: a few fields, some of them secret, read without copies that are not wiped.

use std::time::Duration;

use axum::body::Body;
use http_body_util::{BodyExt as _, Limited};
use zeroize::{Zeroize as _, Zeroizing};

/// The longest body: two passwords of 128 characters with every byte escaped, and the tokens.
const BYTES_MAX: usize = 8 * 1024;
/// How long a body may take to arrive.
const TIME_MAX: Duration = Duration::from_secs(10);
/// The most fields that are looked at.
const FIELDS_MAX: usize = 8;

/// The fields of a form; wiped on drop.
pub(super) struct Fields(Vec<(Zeroizing<String>, Zeroizing<String>)>);

impl Fields {
    /// Reads a body; `None` when it is too long, too slow, or no form.
    pub(super) async fn read(body: Body) -> Option<Self> {
        let collected = tokio::time::timeout(TIME_MAX, collect(body)).await.ok()??;
        Self::parse(&collected)
    }

    /// `application/x-www-form-urlencoded`; `None` when it is not, or not UTF-8, or a field is
    /// there twice.
    pub(super) fn parse(body: &[u8]) -> Option<Self> {
        let mut fields: Vec<(Zeroizing<String>, Zeroizing<String>)> = Vec::new();
        for pair in body
            .split(|byte| *byte == b'&')
            .filter(|pair| !pair.is_empty())
        {
            let mut halves = pair.splitn(2, |byte| *byte == b'=');
            let name = decoded(halves.next()?)?;
            let value = decoded(halves.next().unwrap_or_default())?;
            if fields.len() == FIELDS_MAX || fields.iter().any(|(there, _)| *there == name) {
                return None;
            }
            fields.push((name, value));
        }
        Some(Self(fields))
    }

    /// Every field's name and value.
    pub(super) fn all(&self) -> impl Iterator<Item = (&str, &str)> {
        let fields = self.0.iter();
        fields.map(|(name, value)| (name.as_str(), value.as_str()))
    }

    /// A field's value; empty when it is not there.
    pub(super) fn value(&self, name: &str) -> &str {
        let field = self.0.iter().find(|(there, _)| there.as_str() == name);
        field.map_or("", |(_, value)| value.as_str())
    }
}

async fn collect(body: Body) -> Option<Zeroizing<Vec<u8>>> {
    // Room for all of it up front: a growing buffer would leave unwiped copies behind.
    let mut collected = Zeroizing::new(Vec::with_capacity(BYTES_MAX));
    let mut body = Limited::new(body, BYTES_MAX);
    while let Some(frame) = body.frame().await {
        let Ok(data) = frame.ok()?.into_data() else {
            continue;
        };
        collected.extend_from_slice(&data);
        // Nobody else holds it any more, as a rule.
        if let Ok(mut data) = data.try_into_mut() {
            data.as_mut().zeroize();
        }
    }
    Some(collected)
}

fn decoded(text: &[u8]) -> Option<Zeroizing<String>> {
    let mut bytes = Zeroizing::new(Vec::with_capacity(text.len()));
    let mut rest = text.iter();
    while let Some(byte) = rest.next() {
        bytes.push(match byte {
            b'+' => b' ',
            b'%' => hex(*rest.next()?)? << 4 | hex(*rest.next()?)?,
            byte => *byte,
        });
    }
    let text = std::str::from_utf8(&bytes).ok()?;
    Some(Zeroizing::new(text.to_owned()))
}

fn hex(digit: u8) -> Option<u8> {
    char::from(digit)
        .to_digit(16)
        .and_then(|digit| u8::try_from(digit).ok())
}

/// The one value of `name` in a query; `None` when it is not there, there twice, or no text.
pub(super) fn in_query(query: Option<&str>, name: &str) -> Option<String> {
    let fields = Fields::parse(query?.as_bytes())?;
    let value = fields.value(name);
    (!value.is_empty()).then(|| value.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn fields_are_read_once_and_whole() {
        let fields = Fields::parse(b"csrf=ab&new=a+b%2B%26%E6%88%91&again=&x").unwrap();
        assert_eq!(fields.value("new"), "a b+&我");
        assert_eq!(fields.value("again"), "");
        assert_eq!(fields.value("nothing"), "");
        for bad in [
            "a=1&a=2",
            "a=%",
            "a=%4",
            "a=%zz",
            "a=%ff",
            "1&2&3&4&5&6&7&8&9",
        ] {
            assert!(Fields::parse(bad.as_bytes()).is_none(), "{bad}");
        }
    }

    #[test]
    fn a_query_gives_a_value_or_nothing() {
        let query = Some("code=a-b_c&state=7");
        assert_eq!(in_query(query, "code").as_deref(), Some("a-b_c"));
        assert_eq!(in_query(Some("code=1&code=2"), "code"), None);
        assert_eq!(in_query(None, "code"), None);
    }

    #[tokio::test]
    async fn what_is_too_long_is_no_form() {
        let long = vec![b'a'; BYTES_MAX + 1];
        assert!(Fields::read(Body::from(long)).await.is_none());
        assert!(Fields::read(Body::from("a=1")).await.is_some());
    }

    proptest! {
        #[test]
        fn whatever_browsers_send_is_read(new in any::<String>(), again in any::<String>()) {
            let body = url::form_urlencoded::Serializer::new(String::new())
                .append_pair("new", &new)
                .append_pair("again", &again)
                .finish();
            let fields = Fields::parse(body.as_bytes()).unwrap();
            prop_assert_eq!(fields.value("new"), new.as_str());
            prop_assert_eq!(fields.value("again"), again.as_str());
        }

        #[test]
        fn any_bytes_are_read_or_refused(body in prop::collection::vec(any::<u8>(), 0..200)) {
            let _ = Fields::parse(&body);
        }
    }
}
