//! Cards with buttons: template cards of the kind `button_interaction`.

use serde_json::{Value, json};

use crate::flow::message::{CardId, CardWords, LinkWords};

/// The body of `POST /cgi-bin/message/send` for a card; `task_id` comes back with a press
/// (<https://developer.work.weixin.qq.com/document/path/90236>).
pub(super) fn message(to: &str, agent_id: i64, id: &CardId, words: &CardWords) -> Value {
    let buttons: Vec<Value> = words
        .buttons
        .iter()
        .map(
            |(button, label)| json!({"type": 0, "text": label, "style": 2, "key": button.as_str()}),
        )
        .collect();
    json!({
        "touser": to,
        "msgtype": "template_card",
        "agentid": agent_id,
        "template_card": {
            "card_type": "button_interaction",
            "main_title": {"title": words.title},
            "sub_title_text": words.text,
            "task_id": id.as_str(),
            "button_list": buttons,
        },
        "enable_duplicate_check": 0,
    })
}

/// The body of `POST /cgi-bin/message/send` for a message with a button that opens an address.
/// The longest that WeCom takes: 128 characters of title, 512 of description, 4 on the button
/// (<https://developer.work.weixin.qq.com/document/path/90236>). A button of the other kind of
/// card would want a task id, which nothing here asks for.
pub(super) fn link(to: &str, agent_id: i64, words: &LinkWords) -> Value {
    let cut = |text: &str, most| text.chars().take(most).collect::<String>();
    json!({
        "touser": to,
        "msgtype": "textcard",
        "agentid": agent_id,
        "textcard": {
            "title": cut(&words.title, 128),
            "description": cut(&words.text, 512),
            "url": words.url,
            "btntxt": cut(&words.button, 4),
        },
        "enable_duplicate_check": 0,
    })
}

/// The body of `POST /cgi-bin/message/update_template_card`: greys the buttons. `response_code`
/// came with the press and works once within 72 hours
/// (<https://developer.work.weixin.qq.com/document/path/94945>).
pub(super) fn update(to: &str, agent_id: i64, response_code: &str, words: &str) -> Value {
    json!({
        "userids": [to],
        "agentid": agent_id,
        "response_code": response_code,
        "button": {"replace_name": words},
    })
}
