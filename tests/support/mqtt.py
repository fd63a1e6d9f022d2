# SPDX-License-Identifier: Apache-2.0
"""An MQTT client that keeps everything it hears, and can be waited upon. It is also the attacker."""
import threading
import time

import paho.mqtt.client as paho

from process import PATIENCE_S, Timeout


class Message:
    def __init__(self, message, index):
        self.index = index
        self.topic = message.topic
        self.payload = bytes(message.payload)
        self.qos = message.qos
        self.retained = bool(message.retain)
        self.mono_s = time.monotonic()


class Listener:
    def __init__(self, port, *filters, username=None, password=None, host="127.0.0.1"):
        self.messages = []
        self._changed = threading.Condition()
        self._granted = 0
        self._client = paho.Client(clean_session=True)
        if username:
            self._client.username_pw_set(username, password)
        self._client.max_inflight_messages_set(1000)
        self._client.on_message = self._on_message
        self._client.on_subscribe = self._on_subscribe
        self._client.connect(host, port, keepalive=60)
        self._client.loop_start()
        if filters:
            self.subscribe(*filters)

    def _on_message(self, client, userdata, message):
        with self._changed:
            self.messages.append(Message(message, len(self.messages)))
            self._changed.notify_all()

    def _on_subscribe(self, client, userdata, mid, granted):
        with self._changed:
            self._granted += 1
            self._changed.notify_all()

    def subscribe(self, *filters, timeout_s=PATIENCE_S):
        """Returns when the broker has confirmed it."""
        with self._changed:
            want = self._granted + 1
        self._client.subscribe([(f, 1) for f in filters])
        with self._changed:
            if not self._changed.wait_for(lambda: self._granted >= want, timeout_s):
                raise Timeout(f"no SUBACK for {filters}")

    def publish(self, topic, payload, retain=False, qos=1):
        """Returns when the broker has it."""
        info = self._client.publish(topic, payload, qos=qos, retain=retain)
        if qos:
            info.wait_for_publish(PATIENCE_S)
            if not info.is_published():
                raise Timeout(f"no PUBACK for {topic}")

    def wait(self, what, predicate, timeout_s=PATIENCE_S, after=0):
        """The first message from number @after on for which @predicate holds."""
        end = time.monotonic() + timeout_s
        with self._changed:
            at = after
            while True:
                while at < len(self.messages):
                    if predicate(self.messages[at]):
                        return self.messages[at]
                    at += 1
                left = end - time.monotonic()
                if left <= 0:
                    topics = sorted({m.topic for m in self.messages})
                    raise Timeout(f"waited {timeout_s:.0f} s in vain for: {what}; heard: {topics}")
                self._changed.wait(left)

    def count(self):
        with self._changed:
            return len(self.messages)

    def of(self, topic):
        with self._changed:
            return [m for m in self.messages if m.topic == topic]

    def close(self):
        self._client.disconnect()
        self._client.loop_stop()
