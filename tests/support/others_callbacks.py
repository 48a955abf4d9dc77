"""Callbacks by a client library that others wrote: opens what we seal, seals what we open.

Reads a job as JSON, writes what came of it as JSON.
"""

import json
import sys

from wechatpy.enterprise.crypto import WeChatCrypto

job = json.load(sys.stdin)
crypto = WeChatCrypto(job["token"], job["aes_key"], job["corp_id"])


def text(value):
    return value.decode() if isinstance(value, bytes) else value


json.dump(
    {
        "opened": [
            text(crypto.decrypt_message(c["body"], c["signature"], c["timestamp"], c["nonce"]))
            for c in job["open"]
        ],
        "sealed": [
            text(crypto.encrypt_message(message, job["nonce"], job["timestamp"]))
            for message in job["seal"]
        ],
    },
    sys.stdout,
)
