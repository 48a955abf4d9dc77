//! Bad callbacks: forged, replayed, stale, cut, oversized, reordered, repeated, hostile inside. None
//! does anything, and whoever is honest is served meanwhile.

use std::time::Duration;

use rekey::fronts::chat::Passwords;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

use crate::chatroom::{NEW, Room};
use crate::office::OLD;

/// The request of one callback, before anything is done to it.
#[derive(Clone)]
struct Callback {
    query: String,
    body: Vec<u8>,
}

impl Room {
    /// The inner XML of a text.
    pub fn text(&self, member: &str, text: &str, id: u64) -> String {
        let app = self.office.wecom.app();
        let at = self.office.ports.clock.now().wall.as_secs();
        format!(
            "<xml><ToUserName>{}</ToUserName><FromUserName>{member}</FromUserName>\
             <CreateTime>{at}</CreateTime><MsgType>text</MsgType>\
             <Content><![CDATA[{text}]]></Content><MsgId>{id}</MsgId>\
             <AgentID>{}</AgentID></xml>",
            app.corp_id, app.agent_id
        )
    }

    fn callback(&self, inner: &str) -> Callback {
        let (query, body) = self.office.wecom.forge(inner).unwrap();
        let body = body.into_bytes();
        Callback { query, body }
    }

    /// Posts a rightly sealed callback; its status.
    pub async fn post(&self, url: &str, inner: &str) -> u16 {
        send(url, &self.callback(inner)).await
    }

    /// Nothing but the old password works, and nobody was told anything.
    async fn nothing_happened(&self) {
        assert!(self.office.signs_in("lin.wei", OLD).await);
        assert_eq!(self.office.wecom.inbox("LinWei"), []);
        let records = self.office.ports.audit.read(0, 100).await.unwrap();
        assert_eq!(records, []);
    }

    /// Whoever is honest is served.
    async fn still_works(&self) {
        self.says("LinWei", &format!("#resetpassword#{NEW}")).await;
        self.hears("LinWei").await;
        self.hears("LinWei").await;
        assert!(self.office.signs_in("lin.wei", NEW).await);
    }
}

/// Sends a request as it is; the status, 0 when there was no answer.
async fn send(url: &str, callback: &Callback) -> u16 {
    let rest = url.strip_prefix("http://").unwrap();
    let (host, path) = rest.split_once('/').unwrap();
    let head = format!(
        "POST /{path}?{} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\nContent-Length: {}\r\n\r\n",
        callback.query,
        callback.body.len()
    );
    let mut stream = TcpStream::connect(host).await.unwrap();
    // A server may answer, and hang up, before it has read everything.
    let _ = stream.write_all(head.as_bytes()).await;
    let _ = stream.write_all(&callback.body).await;
    let mut answer = Vec::new();
    let read = stream.read_to_end(&mut answer);
    let _ = tokio::time::timeout(Duration::from_secs(20), read).await;
    let answer = String::from_utf8_lossy(&answer).into_owned();
    let status = answer.split(' ').nth(1).and_then(|word| word.parse().ok());
    let body = answer.split_once("\r\n\r\n").map_or("", |(_, body)| body);
    assert_eq!(body, "", "nothing is said to whoever asks");
    status.unwrap_or(0)
}

#[tokio::test]
async fn a_forged_callback_does_nothing() {
    let room = Room::open(Passwords::Allow).await;
    let right = room.callback(&room.text("LinWei", &format!("#resetpassword#{NEW}"), 1));
    let signature = right.query.find("msg_signature=").unwrap() + "msg_signature=".len();
    let mut forged = Vec::new();
    for wrong in [
        "0".repeat(40),
        String::new(),
        "z".repeat(40),
        "0".repeat(4000),
    ] {
        let mut callback = right.clone();
        callback
            .query
            .replace_range(signature..signature + 40, &wrong);
        forged.push((callback, 403));
    }
    // Another nonce, another time; the signature is over both.
    for (part, other) in [("nonce=", "nonce=1"), ("timestamp=", "timestamp=1")] {
        let mut callback = right.clone();
        callback.query = callback.query.replacen(part, other, 1);
        forged.push((callback, 403));
    }
    let mut without = right.clone();
    without.query = "nonce=1".to_owned();
    forged.push((without, 400));
    // One byte of what is sealed.
    let mut flipped = right.clone();
    let place = flipped.body.len() / 2;
    flipped.body[place] ^= 1;
    forged.push((flipped, 403));
    for (callback, status) in &forged {
        assert_eq!(
            send(&room.url, callback).await,
            *status,
            "{}",
            callback.query
        );
    }
    room.nothing_happened().await;
    room.still_works().await;
}

#[tokio::test]
async fn a_replayed_or_stale_callback_does_nothing_more() {
    let room = Room::open(Passwords::Off).await;
    let again = room.callback(&room.text("LinWei", "#resetpassword#", 5));
    for _ in 0..5 {
        assert_eq!(send(&room.url, &again).await, 200);
    }
    // The same message signed anew is the same message.
    room.post(&room.url, &room.text("LinWei", "#resetpassword#", 5))
        .await;
    room.asks("LinWei", "#resetpassword#").await;
    room.hears("LinWei").await;
    assert_eq!(room.records("link_offered", "form", 2).await.len(), 2);

    // Signed by the right key, but at another time.
    let keys = &room.office.wecom.app().callback;
    let now = room.office.ports.clock.now().wall.as_secs();
    let fresh = room.callback(&room.text("SitiRahma", "#resetpassword#", 6));
    let body = String::from_utf8(fresh.body.clone()).unwrap();
    let sealed = body
        .split("Encrypt>")
        .nth(1)
        .unwrap()
        .trim_end_matches("</");
    for (seconds, status) in [(-3600, 403), (-301, 403), (400, 403), (-200, 200)] {
        let at = (now + seconds).to_string();
        let query = format!(
            "msg_signature={}&timestamp={at}&nonce=7",
            keys.sign(&at, "7", sealed)
        );
        let callback = Callback {
            query,
            body: fresh.body.clone(),
        };
        assert_eq!(send(&room.url, &callback).await, status, "{seconds}");
    }
    room.hears("SitiRahma").await;
}

#[tokio::test]
async fn cut_oversized_and_meaningless_bodies_are_survived() {
    let room = Room::open(Passwords::Allow).await;
    let right = room.callback(&room.text("LinWei", &format!("#resetpassword#{NEW}"), 1));
    for length in [0, 1, 5, 40, right.body.len() / 2, right.body.len() - 10] {
        let mut cut = right.clone();
        cut.body.truncate(length);
        let status = send(&room.url, &cut).await;
        assert!((400..=403).contains(&status), "{length}: {status}");
    }
    let mut large = right.clone();
    large.body.extend(vec![b' '; 1 << 20]);
    let status = send(&room.url, &large).await;
    assert!(status == 413 || status == 0, "{status}");
    for random in 0..50u8 {
        let body = (0..2000u32).map(|n| (n.wrapping_mul(2_654_435_761) >> 13) as u8 ^ random);
        let callback = Callback {
            body: body.collect(),
            ..right.clone()
        };
        assert_eq!(send(&room.url, &callback).await, 400);
    }
    room.nothing_happened().await;
    room.still_works().await;
}

#[tokio::test]
async fn xml_bombs_and_entities_inside_are_not_opened() {
    let room = Room::open(Passwords::Allow).await;
    let text = room.text("LinWei", &format!("#resetpassword#{NEW}"), 1);
    let bomb = "<!DOCTYPE xml [<!ENTITY a \"aaaaaaaaaa\"><!ENTITY b \"&a;&a;&a;&a;&a;&a;\">\
                <!ENTITY c \"&b;&b;&b;&b;&b;&b;\">]>";
    let file = "<!DOCTYPE xml [<!ENTITY f SYSTEM \"file:///etc/passwd\">]>";
    for hostile in [
        format!("{bomb}{}", text.replace(NEW, "&c;")),
        format!("{file}{}", text.replace("LinWei", "&f;")),
        text.replace("<xml>", &"<xml>".repeat(1000)),
        text.replace("<MsgType>", "<MsgType>event</MsgType><MsgType>"),
        String::new(),
        "\u{0}".repeat(100),
    ] {
        let status = room.post(&room.url, &hostile).await;
        assert_eq!(
            status,
            400,
            "{}",
            hostile.chars().take(60).collect::<String>()
        );
        // The same outside, where it is not signed yet.
        let mut outside = room.callback(&text);
        outside.body = hostile.into_bytes();
        let status = send(&room.url, &outside).await;
        assert!(status == 400 || status == 403, "{status}");
    }
    room.nothing_happened().await;
    room.still_works().await;
}

#[tokio::test]
async fn callbacks_for_others_are_acknowledged_and_dropped() {
    let room = Room::open(Passwords::Allow).await;
    let app = room.office.wecom.app();
    let text = room.text("LinWei", &format!("#resetpassword#{NEW}"), 1);
    let agent = format!("<AgentID>{}</AgentID>", app.agent_id);
    for other in [
        text.replace(&agent, "<AgentID>999</AgentID>"),
        text.replace(&agent, ""),
        text.replace(&app.corp_id, "ww0000000000000000"),
        text.replace(">LinWei<", ">ww0000000000000000/LinWei<"),
    ] {
        assert_eq!(room.post(&room.url, &other).await, 200);
    }
    room.nothing_happened().await;
    room.still_works().await;
}

#[tokio::test]
async fn only_texts_are_commands() {
    let room = Room::open(Passwords::Allow).await;
    let text = room.text("LinWei", &format!("#resetpassword#{NEW}"), 1);
    for kind in ["image", "voice", "link", "event", "TEXT "] {
        let other = text.replace(">text<", &format!(">{kind}<"));
        let other = other.replace("<MsgId>", "<Event>subscribe</Event><MsgId>");
        assert_eq!(room.post(&room.url, &other).await, 200, "{kind}");
    }
    room.nothing_happened().await;
}

#[tokio::test]
async fn reordered_callbacks_are_each_done() {
    let room = Room::open(Passwords::Off).await;
    room.office
        .wecom
        .set_faults(|faults| faults.hold_callbacks = true);
    for text in ["hello", "#code#", "#resetpassword#"] {
        room.office.wecom.say("LinWei", text).await;
    }
    let handed = room.office.wecom.release_callbacks().await;
    assert!(handed.iter().all(rekey::sim::wecom::Handed::taken));
    let mut heard = Vec::new();
    for _ in 0..3 {
        heard.push(room.hears("LinWei").await);
    }
    for part in ["Three ways", "No reset waits", "/l/"] {
        assert_eq!(
            heard.iter().filter(|text| text.contains(part)).count(),
            1,
            "{heard:?}"
        );
    }
}

/// Thousands of callbacks without a right signature: counted for nobody, and in nobody's way.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_flood_from_outside_is_in_nobodys_way() {
    let room = Room::open(Passwords::Allow).await;
    let right = room.callback(&room.text("LinWei", "#resetpassword#", 1));
    let mut forged = right.clone();
    forged.query = forged
        .query
        .replacen("msg_signature=", "msg_signature=0", 1);
    let flood: Vec<_> = (0..16)
        .map(|_| {
            let (url, forged) = (room.url.clone(), forged.clone());
            tokio::spawn(async move {
                for _ in 0..100 {
                    assert_eq!(send(&url, &forged).await, 403);
                }
            })
        })
        .collect();
    // The kiosk and the chat go on meanwhile: no limit counts what is not signed.
    let meanwhile = async {
        room.still_works().await;
        let office = &room.office;
        let mut visit = office.proved("lobby-1", "siti.rahma", "SitiRahma").await;
        let prompt = visit.password("violet geese ponder 93 maps").await;
        assert!(format!("{prompt:?}").starts_with("Done"), "{prompt:?}");
    };
    let quick = tokio::time::timeout(Duration::from_secs(60), meanwhile).await;
    assert!(quick.is_ok(), "everybody waits");
    for sender in flood {
        sender.await.unwrap();
    }
}
