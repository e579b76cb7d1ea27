"""Celery and kombu without a broker."""

import celery  # noqa: F401 - the family is skipped without it

FAMILY = "celery"
DISTRIBUTION = "celery"
HEAD = "import celery\na = celery.Celery('shop', broker='memory://', set_as_current=False)\n"
CASES = {
    "causes.celery.not-registered": [HEAD + "a.tasks['shop.pay']"],
    "causes.celery.no-transport": [
        HEAD + "celery.Celery('shop', broker='kiosk://', set_as_current=False).send_task('x')"
    ],
    "causes.celery.no-backend": [HEAD + "a.AsyncResult('6fa459ea-ee8a-3ca4-894e-db77e160355e').get()"],
    "causes.celery.disabled-backend": [HEAD + "a.AsyncResult('6fa459ea-ee8a-3ca4-894e-db77e160355e').state"],
    "causes.celery.retries": [
        HEAD
        + "@a.task(bind=True, max_retries=0, name='shop.pay')\ndef pay(self): self.retry()\npay.push_request(id='6fa459ea-ee8a-3ca4-894e-db77e160355e', called_directly=False, retries=1, args=(), kwargs={}); pay()"
    ],
    "causes.celery.untrusted": [
        "from kombu import serialization as s\ns.loads(b'x', 'application/x-python-serialize', 'binary', accept={'application/json'})"
    ],
    "causes.celery.no-serializer": ["from kombu import serialization as s\ns.dumps({}, serializer='kiosk')"],
    "causes.json.unserializable": [HEAD + "a.send_task('shop.pay', [object()])"],
    "causes.network.refused": [
        HEAD
        + "celery.Celery('shop', broker='amqp://127.0.0.1:%d' % refused(), set_as_current=False).send_task('x', retry=False)"
    ],
    "causes.celery.inside-task": [
        HEAD
        + "from celery.result import assert_will_not_block\nfrom celery._state import _set_task_join_will_block as w\nw(True)\ntry: assert_will_not_block()\nfinally: w(False)"
    ],
    "causes.celery.soft-limit": [
        "import billiard.exceptions as e\nraise e.SoftTimeLimitExceeded()",
        "import billiard.exceptions as e\nraise e.SoftTimeLimitExceeded(10)",
    ],
    "causes.celery.time-limit": ["import billiard.exceptions as e\nraise e.TimeLimitExceeded(10)"],
    "causes.celery.result-timeout": [
        HEAD
        + "b = celery.Celery('shop', broker='memory://', backend='cache+memory://', set_as_current=False); b.AsyncResult('x').get(timeout=0.2)"
    ],
    "causes.celery.backend-unknown": [
        "import celery\na = celery.Celery('shop', backend='kiosk://', set_as_current=False); a.backend"
    ],
}
