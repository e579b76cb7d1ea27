"""Application servers, when they load an application: uvicorn and gunicorn. And templates and YAML on the way."""

from types import SimpleNamespace

import gunicorn  # noqa: F401 - the families are skipped without it
import uvicorn  # noqa: F401

LOADING = "import uvicorn\ndef quiet(load):\n    try: load()\n    except SystemExit: pass\nlogged(lambda: quiet(uvicorn.Config('%s', log_config=None).load), 'uvicorn.error')"
UVICORN = SimpleNamespace(FAMILY="servers", DISTRIBUTION="uvicorn")
UVICORN.CASES = {
    "causes.servers.uvicorn-module": [
        "from uvicorn.importer import import_from_string as i\ni('kiosk_nowhere:app')",
        LOADING % "kiosk_nowhere:app",
    ],
    "causes.servers.uvicorn-attribute": [
        "from uvicorn.importer import import_from_string as i\ni('json:app')",
        LOADING % "json:app",
    ],
    "causes.servers.uvicorn-form": ["from uvicorn.importer import import_from_string as i\ni('json')"],
}
GUNICORN = SimpleNamespace(FAMILY="servers", DISTRIBUTION="gunicorn")
GUNICORN.CASES = {
    "causes.servers.gunicorn-attribute": ["from gunicorn.util import import_app as i\ni('json:app')"],
    "causes.servers.gunicorn-callable": [
        "from gunicorn.util import import_app as i\ni('json:__name__')",
        "from gunicorn.util import import_app as i\nimport json; json.app = None\ntry: i('json:app')\nfinally: del json.app",
    ],
    "causes.python.no-module": ["from gunicorn.util import import_app as i\ni('kiosk_nowhere:app')"],
}
JINJA = SimpleNamespace(FAMILY="jinja", DISTRIBUTION="jinja2")
JINJA.CASES = {
    "causes.jinja.undefined": [
        "import jinja2\njinja2.Template('{{ order.total }}').render()",
        "import jinja2\njinja2.Environment(undefined=jinja2.StrictUndefined).from_string('{{ total }}').render()",
    ],
    "causes.jinja.no-attribute": [
        "import jinja2\njinja2.Template('{{ order.total.sum }}').render(order={})",
        "import jinja2\njinja2.Template('{{ order.total.sum }}').render(order=3)",
    ],
    "causes.jinja.template-missing": [
        "import jinja2\njinja2.Environment(loader=jinja2.DictLoader({})).get_template('orders.html')",
        "import jinja2\njinja2.Environment(loader=jinja2.FileSystemLoader('/nowhere')).get_template('orders.html')",
    ],
    "causes.jinja.no-filter": ["import jinja2\njinja2.Template('{{ x|kiosk }}')"],
    "causes.jinja.syntax": [
        "import jinja2\njinja2.Template('{% kiosk %}')",
        "import jinja2\njinja2.Template('{{ x')",
        "import jinja2\njinja2.Template('{% if x %}')",
    ],
}
YAML = SimpleNamespace(FAMILY="yaml", DISTRIBUTION="pyyaml")
YAML.CASES = {
    "causes.yaml.syntax": [
        "import yaml\nyaml.safe_load('a: b: c')",
        "import yaml\nyaml.safe_load('a: [1')",
        "import yaml\nyaml.safe_load('a: 1\\n b: 2')",
        "import yaml\nyaml.safe_load('a:\\n\\tb: 1')",
    ],
    "causes.yaml.tag": ["import yaml\nyaml.safe_load('!kiosk x')"],
    "causes.yaml.unserializable": ["import yaml\nyaml.safe_dump({'a': object})", "import yaml\nyaml.safe_dump(1j)"],
}
FAMILIES = [UVICORN, GUNICORN, JINJA, YAML]
