//! The published examples, and everything that may be done to a callback on its way.

use proptest::prelude::*;

use super::*;
use crate::flow::callback::{CardPress, Happening};
use crate::sim::wecom::CallbackKeys;

/// What one published set of examples is sealed with.
struct Set {
    token: &'static str,
    aes_key: &'static str,
    corp_id: &'static str,
}

/// Tencent's own sample for Python.
const A: Set = Set {
    token: "hJqcu3uJ9Tn2gXPmxx2w9kkCkCE2EPYo",
    aes_key: "6qkdMrq68nTKduznJYO1A37W2oEgpkMUvkttRToqhUt",
    corp_id: "ww1436e0e65a779aee",
};
/// The example in WeCom's documents.
const B: Set = Set {
    token: "QDG6eK",
    aes_key: "jWmYm7qr5nMoAUwZRjGtBxmz3KA1tkAj3ykkR6q2B2C",
    corp_id: "wx5823bf96d3bd56c7",
};
/// The tests of a client library.
const C: Set = Set {
    token: "123456",
    aes_key: "kWxPEV2UEDyxWpmPdKC3F4dgPDmOvfKX1HGnEUDS1aR",
    corp_id: "wx49f0ab532d5d035a",
};

/// One published example: signature, timestamp, nonce, and what is sealed.
type Example = [&'static str; 4];

const A1: Example = [
    "012bc692d0a58dd4b10f8dfe5c4ac00ae211ebeb",
    "1476416373",
    "47744683",
    "fsi1xnbH4yQh0+PJxcOdhhK6TDXkjMyhEPA7xB2TGz6b+g7xyAbEkRxN/3cNXW9qdqjnoVzEtpbhnFyq6SVH\
     yA==",
];
const A2: Example = [
    "0c3914025cb4b4d68103f6bfc8db550f79dcf48e",
    "1476422779",
    "1597212914",
    "Kl7kjoSf6DMD1zh7rtrHjFaDapSCkaOnwu3bqLc5tAybhhMl9pFeK8NslNPVdMwmBQTNoW4mY7AIjeLvEl3N\
     yeTkAgGzBhzTtRLNshw2AEew+kkYcD+Fq72Kt00fT0WnN87hGrW8SqGc+NcT3mu87Ha3dz1pSDi6GaUA6A0s\
     qfde0VJPQbZ9U+3JWcoD4Z5jaU0y9GSh010wsHF8KZD24YhmZH4ch4Ka7ilEbjbfvhKkNL65HHL0J6EYJIZU\
     C2pFrdkJ7MhmEbU2qARR4iQHE7wy24qy0cRX3Mfp6iELcDNfSsPGjUQVDGxQDCWjayJOpcwocugux082f49H\
     KYg84EpHSGXAyh+/oxwaWbvL6aSDPOYuPDGOCI8jmnKiypE+",
];
const A3: Example = [
    "e3647471e395139e2308c1fa963f2d648a00b90e",
    "1409659813",
    "1372623149",
    "cjhLUX7UU4yCSelv1vz7T0zT8huF51bAMVWriNvO1FMegHrQZNrtvRxbwf0fUPsFvwqR0U0fgiJNEA5Y30F2\
     MoI2S7vv3EjVQ68C0cjw9frBoUE2Hj0BvFp9h3u6Vbsg4lc1C8AtHdaN8orKuNKkLRLuYEL52R1J3v8olJGZ\
     RLnRdVKIivixmX/eQpzgeExtp20jI1HxRP1AAZ6xZoILdqDPO549LO4WeG+685JRUTdiwcY5fjZlqeMxuT4P\
     pMn1X9OWsS7NRj06Wa5E3Tvg4twjWp39KPfOdRte6P1T4JU=",
];
const B1: Example = [
    "5c45ff5e21c57e6ad56bac8758b79b1d9ac89fd3",
    "1409659589",
    "263014780",
    "P9nAzCzyDtyTWESHep1vC5X9xho/qYX3Zpb4yKa9SKld1DsH3Iyt3tP3zNdtp+4RPcs8TgAE7OaBO+FZXvna\
     qQ==",
];
const B2: Example = [
    "477715d11cdb4164915debcba66cb864d751f3e6",
    "1409659813",
    "1372623149",
    "RypEvHKD8QQKFhvQ6QleEB4J58tiPdvo+rtK1I9qca6aM/wvqnLSV5zEPeusUiX5L5X/0lWfrf0QADHHhGd3\
     QczcdCUpj911L3vg3W/sYYvuJTs3TUUkSUXxaccAS0qhxchrRYt66wiSpGLYL42aM6A8dTT+6k4aSknmPj48\
     kzJs8qLjvd4Xgpue06DOdnLxAUHzM6+kDZ+HMZfJYuR+LtwGc2hgf5gsijff0ekUNXZiqATP7PF5mZxZ3Izo\
     un1s4zG4LUMnvw2r+KqCKIw+3IQH03v+BCA9nMELNqbSf6tiWSrXJB3LAVGUcallcrw8V2t9EL4EhzJWrQUa\
     x5wLVMNS0+rUPA3k22Ncx4XXZS9o0MBH27Bo6BpNelZpS+/uh9KsNlY6bHCmJU9p8g7m3fVKn28H3KDYA5Pl\
     /T8Z1ptDAVe0lXdQ2YoyyH2uyPIGHBZZIs2pDBS8R07+qN+E7Q==",
];
const C1: Example = [
    "dd6b9c95b495b3f7e2901bfbc76c664930ffdb96",
    "1411443780",
    "437374425",
    "4ByGGj+sVCYcvGeQYhaKIk1o0pQRNbRjxybjTGblXrBaXlTXeOo1+bXFXDQQb1o6co6Yh9Bv41n7hOchLF6p\
     +Q==",
];
const C2: Example = [
    "74d92dfeb87ba7c714f89d98870ae5eb62dff26d",
    "1411525903",
    "461056294",
    "RgqEoJj5A4EMYlLvWO1F86ioRjZfaex/gePD0gOXTxpsq5Yj4GNglrBb8I2BAJVODGajiFnXBu7mCPatfjsu\
     6IHCrsTyeDXzF6Bv283dGymzxh6ydJRvZsryDyZbLTE7rhnus50qGPMfp2wASFlzEgMW9z1ef/RD8XzaFYgm\
     7iTdaXpXaG4+BiYyolBug/gYNx410cvkKR2/nPwBiT+P4hIiOAQqGp/TywZBtDh1yCF2KOd0gpiMZ5jSw3e2\
     9mTvmUHzkVQiMS6td7vXUaWOMZnYZlF3So2SjHnwh4jYFxdgpkHHqIrH/54SNdshoQgWYEvccTKe7FS709/5\
     t6NMxuGhcUGAPOQipvWTT4dShyqio7mlsl5noTrb++x6En749zCpQVhDpbV6GDnTbcX2e8K9QaNWHp91eBdC\
     RxthuL0=",
];

impl Set {
    fn callbacks(&self, agent_id: i64) -> WecomCallbacks {
        let (token, key) = (self.token.to_owned(), self.aes_key.to_owned());
        let key = Credential::new(key);
        let corp_id = self.corp_id.to_owned();
        WecomCallbacks::new(Credential::new(token), &key, corp_id, agent_id).unwrap()
    }

    /// An example's body, as it is posted.
    fn body(&self, [.., sealed]: Example) -> String {
        outer(self.corp_id, sealed, "")
    }
}

fn outer(corp_id: &str, sealed: &str, more: &str) -> String {
    format!(
        "<xml>{more}<ToUserName><![CDATA[{corp_id}]]></ToUserName>\
         <Encrypt><![CDATA[{sealed}]]></Encrypt></xml>"
    )
}

fn envelope([signature, timestamp, nonce, _]: Example) -> Envelope<'static> {
    Envelope {
        signature,
        timestamp,
        nonce,
    }
}

fn then([_, timestamp, ..]: Example) -> Timestamp {
    Timestamp::from_secs(timestamp.parse().unwrap())
}

fn verified(set: &Set, example: Example) -> Result<String, CallbackRefusal> {
    let callbacks = set.callbacks(1);
    callbacks.verify(&envelope(example), example[3], then(example))
}

/// `Ok`: from whom, and the words.
fn told(outcome: Result<Delivery, CallbackRefusal>) -> Result<(String, String), CallbackRefusal> {
    outcome.map(|delivery| {
        let words = match delivery.what {
            Happening::Wrote(words) => words.expose().to_owned(),
            Happening::Entered => "(entered)".to_owned(),
            Happening::MenuPressed(key) => format!("(menu {key})"),
            Happening::CardPressed(press) => format!("({press:?})"),
            Happening::Other => "(other)".to_owned(),
        };
        (delivery.from.userid().as_str().to_owned(), words)
    })
}

fn opened(set: &Set, agent_id: i64, example: Example) -> Result<(String, String), CallbackRefusal> {
    let body = set.body(example);
    let callbacks = set.callbacks(agent_id);
    told(callbacks.open(&envelope(example), body.as_bytes(), then(example)))
}

fn said(from: &str, words: &str) -> Result<(String, String), CallbackRefusal> {
    Ok((from.to_owned(), words.to_owned()))
}

#[test]
fn published_checks_of_an_address_are_answered() {
    assert_eq!(verified(&A, A1).unwrap(), "1288432023552776189");
    assert_eq!(verified(&B, B1).unwrap(), "1616140317555161061");
    assert_eq!(verified(&C, C1).unwrap(), "5927782489442352469");
    let [signature, timestamp, _, sealed] = C1;
    let other_nonce = [signature, timestamp, "437374424", sealed];
    assert_eq!(verified(&C, other_nonce), Err(CallbackRefusal::Forged));
}

#[test]
fn published_messages_are_opened() {
    assert_eq!(opened(&A, 1_000_002, A2), said("ChenJiaShun", "你好"));
    assert_eq!(opened(&B, 218, B2), said("mycreate", "hello"));
    assert_eq!(opened(&C, 1, C2), said("messense", "test"));
    // Sealed rightly, but the inside is JSON, and broken.
    assert_eq!(opened(&A, 1_000_002, A3), Err(CallbackRefusal::Malformed));
    let seal = Seal::new(
        Credential::new(A.token.to_owned()),
        &Credential::new(A.aes_key.to_owned()),
    );
    let inside = seal
        .unwrap()
        .open(A3[3], A.corp_id)
        .map(|inside| inside.to_string());
    assert!(
        inside
            .unwrap_or_default()
            .contains("\"FromUserName\": :mycreate\"")
    );
}

#[test]
fn another_app_company_key_or_token_opens_nothing() {
    assert_eq!(opened(&A, 1_000_003, A2), Err(CallbackRefusal::NotOurs));
    let company = Set {
        corp_id: "ww1436e0e65a779aef",
        ..A
    };
    let callbacks = company.callbacks(1_000_002);
    let outcome = callbacks.open(&envelope(A2), A.body(A2).as_bytes(), then(A2));
    assert_eq!(told(outcome), Err(CallbackRefusal::NotOurs));
    // As if the outer XML had been altered: it is not signed, what is sealed decides.
    let outcome = callbacks.open(&envelope(A2), company.body(A2).as_bytes(), then(A2));
    assert_eq!(told(outcome), Err(CallbackRefusal::NotOurs));
    let key = Set {
        aes_key: B.aes_key,
        ..A
    };
    assert_eq!(opened(&key, 1_000_002, A2), Err(CallbackRefusal::Sealed));
    let token = Set {
        token: B.token,
        ..A
    };
    assert_eq!(opened(&token, 1_000_002, A2), Err(CallbackRefusal::Forged));
}

#[test]
fn a_callback_is_good_for_five_minutes_either_way() {
    let callbacks = A.callbacks(1_000_002);
    let body = A.body(A2);
    let at = |offset: i64| {
        let now = Timestamp::from_millis(then(A2).as_millis() + offset * 1000);
        callbacks
            .open(&envelope(A2), body.as_bytes(), now)
            .map(|_| ())
    };
    assert_eq!((at(300), at(-300)), (Ok(()), Ok(())));
    assert_eq!(at(301), Err(CallbackRefusal::Stale));
    assert_eq!(at(-301), Err(CallbackRefusal::Stale));
}

#[test]
fn a_key_that_is_none_is_refused() {
    for key in [
        "",
        "6qkdMrq68nTKduznJYO1A37W2oEgpkMUvkttRToqhU",
        "6qkdMrq68nTKduznJYO1A37W2oEgpkMUvkttRToqh!t",
    ] {
        let token = Credential::new(String::new());
        let key = Credential::new(key.to_owned());
        assert!(WecomCallbacks::new(token, &key, "ww1".to_owned(), 1).is_err());
    }
}

/// Seals as the simulated WeCom does, and opens.
fn round(inner: &str, more: &str) -> Result<(String, String), CallbackRefusal> {
    told(delivered(inner, more))
}

fn delivered(inner: &str, more: &str) -> Result<Delivery, CallbackRefusal> {
    let keys = CallbackKeys::default();
    let sealed = keys.seal(*b"0123456789abcdef", inner, "ww1").unwrap();
    open_signed(&keys, &sealed, &outer("ww1", &sealed, more))
}

fn open_signed(keys: &CallbackKeys, sealed: &str, body: &str) -> Result<Delivery, CallbackRefusal> {
    let callbacks = WecomCallbacks::new(
        Credential::new(keys.token.clone()),
        &Credential::new(keys.aes_key.clone()),
        "ww1".to_owned(),
        7,
    );
    let signature = keys.sign("1795000000", "n", sealed);
    let envelope = Envelope {
        signature: &signature,
        timestamp: "1795000000",
        nonce: "n",
    };
    let now = Timestamp::from_secs(1_795_000_000);
    callbacks.unwrap().open(&envelope, body.as_bytes(), now)
}

fn inner(kind: &str, rest: &str) -> String {
    format!(
        "<xml>{rest}<ToUserName>ww1</ToUserName><FromUserName>LinWei</FromUserName>\
         <CreateTime>1795000000</CreateTime><MsgType>{kind}</MsgType><AgentID>7</AgentID></xml>"
    )
}

fn text(content: &str) -> String {
    inner(
        "text",
        &format!("<MsgId>9</MsgId><Content>{content}</Content>"),
    )
}

fn event(rest: &str) -> String {
    inner("event", rest)
}

#[test]
fn what_people_do_is_told_apart() {
    let acts = [
        ("<Event>enter_agent</Event><EventKey/>", "(entered)"),
        ("<Event>ENTER_AGENT</Event>", "(entered)"),
        (
            "<Event>click</Event><EventKey><![CDATA[expand]]></EventKey>",
            "(menu expand)",
        ),
        ("<Event>subscribe</Event>", "(other)"),
        (
            "<Event>LOCATION</Event><Latitude>23.1</Latitude>",
            "(other)",
        ),
    ];
    for (rest, expected) in acts {
        assert_eq!(round(&event(rest), ""), said("LinWei", expected), "{rest}");
    }
    assert_eq!(
        round(&inner("image", "<MsgId>1</MsgId><PicUrl>x</PicUrl>"), ""),
        said("LinWei", "(other)")
    );

    let press = event(
        "<Event>template_card_event</Event><EventKey>no</EventKey><TaskId>t1</TaskId>\
         <CardType>button_interaction</CardType><ResponseCode>rc</ResponseCode>\
         <SelectedItems><SelectedItem><QuestionKey>q</QuestionKey><OptionIds>\
         <OptionId>o</OptionId></OptionIds></SelectedItem></SelectedItems>",
    );
    let Ok(Delivery {
        what: Happening::CardPressed(press),
        ..
    }) = delivered(&press, "")
    else {
        panic!("no press of a card");
    };
    let expected = CardPress {
        task: "t1".to_owned(),
        key: "no".to_owned(),
        ticket: "rc".to_owned(),
    };
    assert_eq!(press, expected);
}

#[test]
fn words_arrive_verbatim_however_they_are_written() {
    for (written, words) in [
        (
            "a &lt;b&gt; &amp;amp; &#x4F60;&#22909; &quot;",
            "a <b> &amp; 你好 \"",
        ),
        ("<![CDATA[#resetpassword#a&b]]>", "#resetpassword#a&b"),
        ("<![CDATA[ <x>]]><![CDATA[]] > ]]>", " <x>]] > "),
        ("  two  blanks  ", "  two  blanks  "),
        ("", ""),
    ] {
        assert_eq!(
            round(&text(written), ""),
            said("LinWei", words),
            "{written}"
        );
    }
    let app = "<AgentID><![CDATA[7]]></AgentID>";
    assert_eq!(round(&text("x"), app), said("LinWei", "x"));
    assert_eq!(
        round(&text("x"), "<AgentID>8</AgentID>"),
        Err(CallbackRefusal::NotOurs)
    );
}

#[test]
fn a_delivery_is_known_again_and_others_are_not() {
    let key = |inner: &str| delivered(inner, "").unwrap().key;
    assert_eq!(key(&text("x")), key(&text("x")));
    let another = inner("text", "<MsgId>10</MsgId><Content>x</Content>");
    assert_ne!(key(&text("x")), key(&another));
    // A number is the same however it is written.
    let padded = inner("text", "<MsgId> 09 </MsgId><Content>x</Content>");
    assert_eq!(key(&text("x")), key(&padded));

    let menu = event("<Event>click</Event><EventKey>a</EventKey>");
    assert_eq!(key(&menu), key(&menu));
    assert_ne!(
        key(&menu),
        key(&event("<Event>click</Event><EventKey>b</EventKey>"))
    );
    assert_ne!(key(&menu), key(&menu.replace("LinWei", "LinWei2")));
    assert_ne!(key(&menu), key(&menu.replace("1795000000", "1795000001")));
}

#[test]
fn strange_insides_are_refused() {
    let doctype = "<!DOCTYPE xml [<!ENTITY a \"aaaa\"><!ENTITY b \"&a;&a;\">]>";
    for inside in [
        String::new(),
        "not XML".to_owned(),
        "<xml>".to_owned(),
        format!("{doctype}{}", text("&b;")),
        text("&b;"),
        text("&undefined;"),
        text("a & b"),
        text("&#0;&#xFFFFFF;"),
        format!("<?php ?>{}", text("x")),
        format!("{}{}", text("x"), text("y")),
        format!("x{}", text("x")),
        text("x</Content><Content>y"),
        text("x").replace("</Content>", "</content>"),
        inner("text", "<Content>x</Content>"),
        inner("text", "<MsgId>-9</MsgId><Content>x</Content>"),
        inner(
            "text",
            "<MsgId>18446744073709551616</MsgId><Content>x</Content>",
        ),
        inner("text", "<MsgId>9</MsgId>"),
        inner("event", ""),
        text("x").replace("1795000000", "soon"),
        text(&"<a>".repeat(500)),
        text(&format!("x</Content>{}<y>", "<z/>".repeat(70))),
    ] {
        assert_eq!(
            round(&inside, ""),
            Err(CallbackRefusal::Malformed),
            "{inside:.80}"
        );
    }
    for inside in [
        text("x").replace("<ToUserName>ww1", "<ToUserName>ww2"),
        text("x").replace("<AgentID>7", "<AgentID>8"),
        text("x").replace("<AgentID>7</AgentID>", ""),
        text("x").replace("LinWei", "ww2/LinWei"),
    ] {
        assert_eq!(
            round(&inside, ""),
            Err(CallbackRefusal::NotOurs),
            "{inside:.80}"
        );
    }
}

#[test]
fn padding_is_whole_and_of_at_most_32_bytes() {
    let keys = CallbackKeys::default();
    let message = text("x");
    let mut plain = [7; 16].to_vec();
    plain.extend_from_slice(&u32::try_from(message.len()).unwrap().to_be_bytes());
    plain.extend_from_slice(message.as_bytes());
    plain.extend_from_slice(b"ww1");
    let padded = |fill: u8, more: usize| {
        let length = 32 - plain.len() % 32 + more;
        let mut padded = plain.clone();
        padded.extend(std::iter::repeat_n(fill, length));
        *padded.last_mut().unwrap() = u8::try_from(length).unwrap();
        let sealed = keys.encrypt(&padded).unwrap();
        told(open_signed(&keys, &sealed, &outer("ww1", &sealed, "")))
    };
    let right = u8::try_from(32 - plain.len() % 32).unwrap();
    assert!(right > 1, "there is more than the last byte to look at");
    assert_eq!(padded(right, 0), said("LinWei", "x"));
    assert_eq!(padded(right - 1, 0), Err(CallbackRefusal::Sealed));
    assert_eq!(padded(right + 32, 32), Err(CallbackRefusal::Sealed));
}

#[test]
fn a_callback_has_its_size() {
    let long = text(&"x".repeat(60 * 1024));
    assert_eq!(round(&long, ""), Err(CallbackRefusal::TooLong));
    let callbacks = A.callbacks(1);
    let echo = "A".repeat(64 * 1024 + 1);
    let outcome = callbacks.verify(&envelope(A1), &echo, then(A1));
    assert_eq!(outcome, Err(CallbackRefusal::TooLong));
}

proptest! {
    #[test]
    fn any_words_arrive_verbatim(words in "\\PC{0,300}", cdata in any::<bool>()) {
        let written = if cdata {
            format!("<![CDATA[{}]]>", words.replace("]]>", "]]]]><![CDATA[>"))
        } else {
            quick_xml::escape::escape(words.as_str()).into_owned()
        };
        prop_assert_eq!(round(&text(&written), ""), said("LinWei", &words));
    }

    #[test]
    fn one_altered_bit_is_noticed(at in any::<prop::sample::Index>(), bit in 0..8u8) {
        let body = A.body(A2);
        let start = body.find(A2[3]).unwrap();
        let mut altered = body.into_bytes();
        let at = start + at.index(A2[3].len());
        altered[at] ^= 1 << bit;
        let outcome = A.callbacks(1_000_002).open(&envelope(A2), &altered, then(A2));
        prop_assert!(outcome.is_err());
    }

    #[test]
    fn any_sealed_blocks_are_read_or_refused(
        blocks in prop::collection::vec(any::<[u8; 16]>(), 0..8),
        padding in 0..40u8,
    ) {
        let keys = CallbackKeys::default();
        let mut plain = blocks.concat();
        if let Some(last) = plain.last_mut() {
            *last = padding;
        }
        let sealed = keys.encrypt(&plain).unwrap();
        let outcome = open_signed(&keys, &sealed, &outer("ww1", &sealed, ""));
        prop_assert!(outcome.is_err());
    }

    #[test]
    fn a_length_that_lies_is_refused(length in any::<u32>()) {
        let keys = CallbackKeys::default();
        let mut plain = [0; 16].to_vec();
        plain.extend_from_slice(&length.to_be_bytes());
        plain.extend_from_slice(b"<xml/>ww1");
        plain.extend([3; 3]);
        let sealed = keys.encrypt(&plain).unwrap();
        let outcome = open_signed(&keys, &sealed, &outer("ww1", &sealed, ""));
        prop_assert!(outcome.is_err());
    }

    #[test]
    fn any_body_is_read_or_refused(body in prop::collection::vec(any::<u8>(), 0..512)) {
        let outcome = A.callbacks(1).open(&envelope(A2), &body, then(A2));
        prop_assert!(outcome.is_err());
    }
}
