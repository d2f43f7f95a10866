"""A mail server on a free port of loopback. It prints its address, then a line of JSON for each
recipient that it is asked for and for each message that it takes.

An address that begins with "later" is refused for the moment at first, one that begins with "never"
always.
"""

import asyncio
import email
import email.policy
import json

from aiosmtpd.smtp import SMTP


def say(**line):
    print(json.dumps(line), flush=True)


class Door:
    def __init__(self):
        self.asked = set()

    async def handle_RCPT(self, server, session, envelope, address, options):
        say(asked=address)
        again = address in self.asked
        self.asked.add(address)
        if address.startswith("never"):
            return "550 5.1.1 nobody of this name here"
        if address.startswith("later") and not again:
            return "451 4.7.1 come again in a moment"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server, session, envelope):
        message = email.message_from_bytes(envelope.content, policy=email.policy.default)
        body = message.get_body(("plain",))
        say(
            taken=envelope.rcpt_tos[0],
            count=len(envelope.rcpt_tos),
            sender=envelope.mail_from,
            subject=message["subject"],
            message_id=message["message-id"],
            text=body.get_content(),
            attachments=[
                {
                    "name": part.get_filename(),
                    "mime": part.get_content_type(),
                    "begins": part.get_content()[:5].decode("latin-1"),
                    "ends": part.get_content().rstrip()[-5:].decode("latin-1"),
                }
                for part in message.iter_attachments()
            ],
        )
        return "250 OK"


async def main():
    loop = asyncio.get_running_loop()
    door = Door()
    server = await loop.create_server(lambda: SMTP(door), "127.0.0.1", 0)
    say(address="127.0.0.1:%d" % server.sockets[0].getsockname()[1])
    await server.serve_forever()


asyncio.run(main())
