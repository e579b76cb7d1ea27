"""Client libraries of clouds and of Kubernetes, against ports of this machine."""

from types import SimpleNamespace

import botocore  # noqa: F401 - the families are skipped without it
import google.cloud.storage  # noqa: F401
import kubernetes  # noqa: F401

HEAD = "import os\nfor n in list(os.environ):\n    if n.startswith(('GOOGLE_', 'GCE_', 'CLOUDSDK', 'AWS_', 'KUBE')): del os.environ[n]\nos.environ.update(GCE_METADATA_HOST='127.0.0.1:%d' % refused(), CLOUDSDK_CONFIG='/nowhere', HOME='/nowhere', GCE_METADATA_TIMEOUT='1', GCE_METADATA_DETECT_RETRIES='1', AWS_EC2_METADATA_DISABLED='true', NO_GCE_CHECK='true')\n"
STORE = (
    HEAD
    + "from google.cloud import storage\nfrom google.auth.credentials import AnonymousCredentials\ndef bucket(port): return storage.Client('shop', AnonymousCredentials(), client_options={'api_endpoint': 'http://127.0.0.1:%d' % port}).bucket('orders')\ndef act(port): return bucket(port).reload(retry=None, timeout=1)\n"
)
GOOGLE = SimpleNamespace(FAMILY="google", DISTRIBUTION="google-cloud-storage")
GOOGLE.CASES = {
    "causes.google.no-credentials": [HEAD + "import google.auth\ngoogle.auth.default()"],
    "causes.google.credentials-file": [
        HEAD
        + "import google.auth\nos.environ['GOOGLE_APPLICATION_CREDENTIALS'] = '/nowhere/key.json'\ngoogle.auth.default()"
    ],
    "causes.google.credentials-type": [
        HEAD
        + "import google.auth\np = folder() / 'key.json'; p.write_text('{}'); os.environ['GOOGLE_APPLICATION_CREDENTIALS'] = str(p)\ngoogle.auth.default()"
    ],
    "causes.google.account-fields": [
        "from google.oauth2 import service_account as s\ns.Credentials.from_service_account_info({})"
    ],
    "causes.google.refresh": [
        "import google.oauth2.credentials as c, google.auth.transport.requests as r\nc.Credentials(None, refresh_token='x', token_uri='http://127.0.0.1:%d/token' % web('400 Bad Request', b'{\"error\": \"invalid_grant\", \"error_description\": \"Token has been expired or revoked.\"}'), client_id='x', client_secret='x').refresh(r.Request())"
    ],
    "causes.google.no-refresh": [
        "import google.oauth2.credentials as c, google.auth.transport.requests as r\nc.Credentials('x').refresh(r.Request())",
        STORE
        + 'act(web(\'401 Unauthorized\', b\'{"error": {"code": 401, "message": "Invalid Credentials"}}\', \'Content-Type: application/json\'))',
    ],
    "causes.google.metadata": [
        HEAD
        + "import google.auth.compute_engine._metadata as m, google.auth.transport.requests as r\nm._GCE_METADATA_HOST = os.environ['GCE_METADATA_HOST']; m._METADATA_ROOT = 'http://%s/computeMetadata/v1/' % m._GCE_METADATA_HOST\nm.get(r.Request(), 'instance', retry_count=1)"
    ],
    "causes.google.no-project": [
        HEAD
        + "import json\np = folder() / 'key.json'; p.write_text(json.dumps({'type': 'authorized_user', 'client_id': 'x', 'client_secret': 'x', 'refresh_token': 'x'})); os.environ['GOOGLE_APPLICATION_CREDENTIALS'] = str(p)\nfrom google.cloud.client import ClientWithProject\nClientWithProject()"
    ],
    "causes.google.not-found-rest": [
        STORE
        + 'act(web(\'404 Not Found\', b\'{"error": {"code": 404, "message": "The specified bucket does not exist."}}\', \'Content-Type: application/json\'))',
        STORE + "act(web('404 Not Found'))",
    ],
    "causes.google.forbidden-rest": [
        STORE
        + 'act(web(\'403 Forbidden\', b\'{"error": {"code": 403, "message": "shop@x.iam.gserviceaccount.com does not have storage.buckets.get access to the Google Cloud Storage bucket."}}\', \'Content-Type: application/json\'))'
    ],
    "causes.google.status-rest": [
        STORE + "act(web('503 Service Unavailable'))",
        STORE + "act(web('409 Conflict'))",
        STORE + "act(web('429 Too Many Requests'))",
        STORE + "act(web('412 Precondition Failed'))",
    ],
    "causes.requests.refused": [STORE + "act(refused())"],
    "causes.requests.read-timeout": [STORE + "act(silent())"],
    "causes.google.signing": [
        "from google.cloud import storage\nfrom google.auth.credentials import AnonymousCredentials\nimport datetime\nstorage.Client('shop', AnonymousCredentials()).bucket('x').blob('y').generate_signed_url(datetime.timedelta(1))"
    ],
}
CALL = (
    HEAD
    + "import boto3\nfrom botocore.config import Config\ndef client(port, **k): return boto3.client('s3', endpoint_url='http://127.0.0.1:%d' % port, config=Config(retries={'max_attempts': 0}, connect_timeout=1, read_timeout=1), **{'region_name': 'eu-west-1', 'aws_access_key_id': 'x', 'aws_secret_access_key': 'x', **k})\ndef error(status, code, message): return web(status, ('<Error><Code>%s</Code><Message>%s</Message></Error>' % (code, message)).encode())\n"
)
AWS = SimpleNamespace(FAMILY="aws", DISTRIBUTION="botocore")
AWS.CASES = {
    "causes.aws.no-bucket": [
        CALL
        + "client(error('404 Not Found', 'NoSuchBucket', 'The specified bucket does not exist')).get_object(Bucket='orders', Key='a')",
        CALL
        + "client(error('404 Not Found', 'NoSuchKey', 'The specified key does not exist.')).get_object(Bucket='orders', Key='a')",
    ],
    "causes.aws.access-denied": [
        CALL + "client(error('403 Forbidden', 'AccessDenied', 'Access Denied')).get_object(Bucket='orders', Key='a')"
    ],
    "causes.aws.expired-token": [
        CALL
        + "client(error('400 Bad Request', 'ExpiredToken', 'The provided token has expired.')).get_object(Bucket='orders', Key='a')",
        CALL
        + "client(error('403 Forbidden', 'InvalidAccessKeyId', 'The AWS Access Key Id you provided does not exist in our records.')).get_object(Bucket='orders', Key='a')",
        CALL + "client(error('403 Forbidden', 'SignatureDoesNotMatch', 'x')).get_object(Bucket='orders', Key='a')",
    ],
    "causes.aws.throttled": [
        CALL
        + "client(error('503 Slow Down', 'SlowDown', 'Please reduce your request rate.')).get_object(Bucket='orders', Key='a')"
    ],
    "causes.aws.client-error": [
        CALL + "client(error('500 Internal Server Error', 'InternalError', 'x')).get_object(Bucket='orders', Key='a')",
        CALL + "client(web('404 Not Found')).head_object(Bucket='orders', Key='a')",
    ],
    "causes.aws.no-credentials": [
        HEAD
        + "import boto3\nboto3.client('s3', region_name='eu-west-1', endpoint_url='http://127.0.0.1:1').list_buckets()"
    ],
    "causes.aws.no-region": [HEAD + "import boto3\nboto3.client('sqs')"],
    "causes.aws.endpoint": [CALL + "client(refused()).list_buckets()"],
    "causes.aws.read-timeout": [CALL + "client(silent()).list_buckets()"],
    "causes.aws.parameters": [
        CALL + "client(1).get_object(Bucket='orders')",
        CALL + "client(1).get_object(Bucket='orders', Key=3)",
        CALL + "client(1).get_object(Bucket='orders', Key='x', Kiosk=1)",
    ],
    "causes.aws.no-service": [HEAD + "import boto3\nboto3.client('kiosk', region_name='x')"],
    "causes.aws.no-profile": [HEAD + "import boto3\nboto3.Session(profile_name='kiosk')"],
}
KUBE = (
    HEAD
    + 'from kubernetes import client, config\ndef api(port):\n    c = client.Configuration(); c.host = \'http://127.0.0.1:%d\' % port; c.retries = 0; return client.CoreV1Api(client.ApiClient(c))\ndef answer(status, reason, message): return web(status, (\'{"kind":"Status","status":"Failure","message":"%s","reason":"%s","code":%s}\' % (message, reason, status[:3])).encode(), \'Content-Type: application/json\')\n'
)
KUBERNETES = SimpleNamespace(FAMILY="kubernetes", DISTRIBUTION="kubernetes")
KUBERNETES.CASES = {
    "causes.kubernetes.not-found": [
        KUBE
        + "api(answer('404 Not Found', 'NotFound', 'pods \\\\\"shop\\\\\" not found')).read_namespaced_pod('shop', 'default')"
    ],
    "causes.kubernetes.forbidden": [
        KUBE + "api(answer('403 Forbidden', 'Forbidden', 'pods is forbidden')).list_namespaced_pod('default')"
    ],
    "causes.kubernetes.unauthorized": [
        KUBE + "api(answer('401 Unauthorized', 'Unauthorized', 'Unauthorized')).list_namespaced_pod('default')"
    ],
    "causes.kubernetes.status": [
        KUBE + "api(answer('409 Conflict', 'AlreadyExists', 'x')).list_namespaced_pod('default')",
        KUBE + "api(answer('500 Internal Server Error', 'InternalError', 'x')).list_namespaced_pod('default')",
    ],
    "causes.kubernetes.no-cluster": [HEAD + "from kubernetes import config\nconfig.load_incluster_config()"],
    "causes.kubernetes.no-config": [HEAD + "from kubernetes import config\nconfig.load_kube_config('/nowhere/config')"],
    "causes.kubernetes.context": [
        HEAD
        + "from kubernetes import config\nimport json\np = folder() / 'c'; p.write_text(json.dumps({'contexts': [], 'current-context': 'shop', 'clusters': [], 'users': []})); config.load_kube_config(str(p))"
    ],
    "causes.requests.refused": [KUBE + "api(refused()).list_namespaced_pod('default')"],
}
FAMILIES = [GOOGLE, AWS, KUBERNETES]
