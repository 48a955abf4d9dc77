//! What a callback's XML means.

use sha2::{Digest as _, Sha256};
use zeroize::Zeroizing;

use super::xml::Fields;
use crate::domain::account::WecomUserId;
use crate::domain::secret::ChatText;
use crate::domain::time::Timestamp;
use crate::flow::callback::{CallbackRefusal, CardPress, Delivery, DeliveryKey, Happening};
use crate::flow::vouched::Vouched;

/// Reads the inner XML (<https://developer.work.weixin.qq.com/document/path/90239>, `90240`).
pub(super) fn read(fields: &Fields) -> Result<Delivery, CallbackRefusal> {
    let text = |name: &str| fields.get(name).ok_or(CallbackRefusal::Malformed);
    // Members of linked companies have a `/` in their names.
    let from = WecomUserId::parse(text("FromUserName")?).ok_or(CallbackRefusal::NotOurs)?;
    let at: i64 = number(text("CreateTime")?)?;
    let kind = text("MsgType")?;
    let what = match kind {
        "text" => Happening::Wrote(ChatText::new(Zeroizing::new(text("Content")?.to_owned()))),
        "event" => event(fields)?,
        _ => Happening::Other,
    };
    Ok(Delivery {
        key: key(fields, kind)?,
        from: Vouched::by_channel(from),
        at: Timestamp::from_secs(at),
        what,
    })
}

/// WeCom's own documents write some kinds of events in other cases than its servers do.
fn event(fields: &Fields) -> Result<Happening, CallbackRefusal> {
    let text = |name: &str| fields.get(name).unwrap_or_default().to_owned();
    let kind = fields.get("Event").ok_or(CallbackRefusal::Malformed)?;
    Ok(match kind.to_ascii_lowercase().as_str() {
        "enter_agent" => Happening::Entered,
        "click" => Happening::MenuPressed(text("EventKey")),
        "template_card_event" => Happening::CardPressed(CardPress {
            task: text("TaskId"),
            key: text("EventKey"),
            ticket: text("ResponseCode"),
        }),
        _ => Happening::Other,
    })
}

/// Messages carry a number of their own; events do not, so that what they say is their key. The
/// same event twice in a second is taken for one.
fn key(fields: &Fields, kind: &str) -> Result<DeliveryKey, CallbackRefusal> {
    let mut hash = Sha256::new();
    let mut part = |text: &str| {
        hash.update(u64::try_from(text.len()).unwrap_or(u64::MAX).to_be_bytes());
        hash.update(text.as_bytes());
    };
    match fields.get("MsgId") {
        Some(id) => {
            part("message");
            part(&number::<u64>(id)?.to_string());
        }
        None if kind == "event" => {
            part("event");
            for name in EVENT_PARTS {
                part(fields.get(name).unwrap_or_default());
            }
        }
        None => return Err(CallbackRefusal::Malformed),
    }
    let digest = hash.finalize();
    Ok(DeliveryKey(
        digest.iter().map(|byte| format!("{byte:02x}")).collect(),
    ))
}

/// What tells one event from another.
const EVENT_PARTS: [&str; 5] = ["FromUserName", "CreateTime", "Event", "EventKey", "TaskId"];

fn number<N: std::str::FromStr>(text: &str) -> Result<N, CallbackRefusal> {
    text.trim().parse().map_err(|_| CallbackRefusal::Malformed)
}
