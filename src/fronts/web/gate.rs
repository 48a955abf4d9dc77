//! Only the site's own address is answered: whatever else a request says of its host leads nowhere,
//! and no page, cookie or redirect is ever made from it.

use std::sync::Arc;

use axum::extract::{Request, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use url::Url;

use super::Web;

/// `[site] public_url`, taken apart.
pub(super) struct Origin {
    /// `https://reset.contoso.example`, as browsers write an origin.
    text: String,
    /// `reset.contoso.example`, with the port where it is not the scheme's own.
    host: String,
    secure: bool,
}

impl Origin {
    pub(super) fn of(url: &Url) -> Self {
        let text = url.origin().ascii_serialization();
        let host = text.split_once("://").map_or("", |(_, host)| host);
        Self {
            host: host.to_owned(),
            secure: url.scheme() == "https",
            text,
        }
    }

    pub(super) fn is_secure(&self) -> bool {
        self.secure
    }

    /// The full address of `path`.
    pub(super) fn address(&self, path: &str) -> String {
        format!("{}{path}", self.text)
    }

    /// Whether a `Host` is ours. The scheme's own port may be written out.
    pub(super) fn is_host(&self, host: &str) -> bool {
        let port = if self.secure { ":443" } else { ":80" };
        let same = |host: &str| host.eq_ignore_ascii_case(&self.host);
        same(host) || host.strip_suffix(port).is_some_and(same)
    }

    /// Whether a POST comes from one of our own pages, as far as the browser says so. Under
    /// `no-referrer` browsers write `null` for our own pages too; then the token alone decides.
    pub(super) fn may_post(&self, headers: &HeaderMap) -> bool {
        let site = headers.get("sec-fetch-site").map(|site| site.as_bytes());
        let origin = headers.get(header::ORIGIN).map(|origin| origin.as_bytes());
        matches!(site, None | Some(b"same-origin"))
            && origin.is_none_or(|origin| origin == b"null" || origin == self.text.as_bytes())
    }
}

/// Lets through what is asked of the site's own host.
pub(super) async fn only_our_host(
    State(web): State<Arc<Web>>,
    request: Request,
    next: Next,
) -> Response {
    let mut named = request.headers().get_all(header::HOST).iter();
    let host = named.next().and_then(|host| host.to_str().ok());
    let only = named.next().is_none();
    // `GET http://somewhere/ HTTP/1.1` names a host, too.
    let target = request.uri().authority().map(|host| host.as_str());
    let ours = |host: &str| web.origin.is_host(host);
    if only && host.is_some_and(ours) && target.is_none_or(ours) {
        return next.run(request).await;
    }
    StatusCode::MISDIRECTED_REQUEST.into_response()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn origin(url: &str) -> Origin {
        Origin::of(&Url::parse(url).unwrap())
    }

    #[test]
    fn only_the_sites_own_host_is_ours() {
        let ours = origin("https://reset.contoso.example");
        for host in [
            "reset.contoso.example",
            "RESET.Contoso.Example",
            "reset.contoso.example:443",
        ] {
            assert!(ours.is_host(host), "{host}");
        }
        for host in [
            "",
            "contoso.example",
            "reset.contoso.example:80",
            "reset.contoso.example:8443",
            "reset.contoso.example.evil.example",
            "reset.contoso.example@evil.example",
            "reset.contoso.example:443:443",
        ] {
            assert!(!ours.is_host(host), "{host}");
        }
        assert!(origin("http://127.0.0.1:8080").is_host("127.0.0.1:8080"));
        assert!(!origin("http://127.0.0.1:8080").is_host("127.0.0.1"));
    }

    #[test]
    fn a_post_from_elsewhere_is_not_taken() {
        let ours = origin("https://reset.contoso.example");
        let may = |headers: &[(&'static str, &str)]| {
            let headers = headers
                .iter()
                .map(|(name, value)| (name.parse().unwrap(), value.parse().unwrap()))
                .collect();
            ours.may_post(&headers)
        };
        assert!(may(&[]));
        assert!(may(&[
            ("origin", "null"),
            ("sec-fetch-site", "same-origin")
        ]));
        assert!(may(&[("origin", "https://reset.contoso.example")]));
        assert!(!may(&[("origin", "https://evil.example")]));
        assert!(!may(&[("origin", "http://reset.contoso.example")]));
        assert!(!may(&[
            ("origin", "null"),
            ("sec-fetch-site", "cross-site")
        ]));
        assert!(!may(&[("sec-fetch-site", "same-site")]));
    }
}
