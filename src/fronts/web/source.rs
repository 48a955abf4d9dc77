//! Where a request comes from, for limits. Only proxies that are trusted are believed.

use std::net::{IpAddr, Ipv6Addr};

use axum::http::HeaderMap;

/// An IPv4 address, or an IPv6 network of 64 bits: what one household or one phone can choose
/// addresses from.
#[derive(Copy, Clone, PartialEq, Eq, Hash, Debug)]
pub struct Source(IpAddr);

impl Source {
    /// Of an address.
    pub(super) fn of(address: IpAddr) -> Self {
        Self(match address.to_canonical() {
            IpAddr::V6(v6) => {
                let network = u128::from(v6) & (u128::MAX << 64);
                IpAddr::V6(Ipv6Addr::from(network))
            }
            v4 => v4,
        })
    }
}

/// Who asks: the peer itself, or what the last trusted proxy says of its own peer. What anybody
/// else writes into `X-Forwarded-For` is not looked at.
pub(super) fn asks(peer: IpAddr, headers: &HeaderMap, trusted: &[IpAddr]) -> IpAddr {
    let peer = peer.to_canonical();
    if !trusted.contains(&peer) {
        return peer;
    }
    let lines = headers.get_all("x-forwarded-for").into_iter();
    let hops: Vec<&str> = lines
        .filter_map(|line| line.to_str().ok())
        .flat_map(|line| line.split(','))
        .collect();
    // From the nearest on; the first that is no proxy of ours is who asks.
    let mut nearest = peer;
    for hop in hops.iter().rev() {
        let Ok(hop) = hop.trim().parse::<IpAddr>() else {
            break;
        };
        nearest = hop.to_canonical();
        if !trusted.contains(&nearest) {
            break;
        }
    }
    nearest
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn ip(text: &str) -> IpAddr {
        text.parse().unwrap()
    }

    fn headers(lines: &[&str]) -> HeaderMap {
        let mut headers = HeaderMap::new();
        for line in lines {
            headers.append("x-forwarded-for", line.parse().unwrap());
        }
        headers
    }

    #[test]
    fn nobody_but_a_trusted_proxy_is_believed() {
        let forwarded = headers(&["203.0.113.9"]);
        assert_eq!(asks(ip("10.0.0.7"), &forwarded, &[]), ip("10.0.0.7"));
        let trusted = [ip("10.0.0.7")];
        assert_eq!(
            asks(ip("10.0.0.7"), &forwarded, &trusted),
            ip("203.0.113.9")
        );
        assert_eq!(asks(ip("10.0.0.8"), &forwarded, &trusted), ip("10.0.0.8"));
    }

    #[test]
    fn what_stands_before_the_nearest_stranger_is_invented() {
        let trusted = [ip("10.0.0.7"), ip("10.0.0.6")];
        let forwarded = headers(&["127.0.0.1, 203.0.113.9", "10.0.0.6"]);
        assert_eq!(
            asks(ip("10.0.0.7"), &forwarded, &trusted),
            ip("203.0.113.9")
        );
        let nonsense = headers(&["203.0.113.9, unknown"]);
        assert_eq!(asks(ip("10.0.0.7"), &nonsense, &trusted), ip("10.0.0.7"));
    }

    #[test]
    fn an_ipv6_network_is_one_source() {
        let a = Source::of(ip("2001:db8:1:2:3::4"));
        assert_eq!(a, Source::of(ip("2001:db8:1:2:ffff::1")));
        assert_ne!(a, Source::of(ip("2001:db8:1:3::1")));
        assert_eq!(
            Source::of(ip("::ffff:192.0.2.1")),
            Source::of(ip("192.0.2.1"))
        );
    }

    proptest! {
        #[test]
        fn any_header_is_survived(line in "[ -~]{0,80}") {
            let trusted = [ip("10.0.0.7")];
            asks(ip("10.0.0.7"), &headers(&[&line]), &trusted);
        }
    }
}
