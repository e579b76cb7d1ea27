"""Django, on SQLite in memory, with one app that has no files."""

import sys
import types

import django

FAMILY = "django"
DISTRIBUTION = "django"
SETTINGS = """
from django.conf import settings
settings.configure(
    INSTALLED_APPS=['kiosk'], DATABASES={'default': {'ENGINE': 'django.db.backends.sqlite3', 'NAME': ':memory:'}},
    ROOT_URLCONF='kiosk', SECRET_KEY='x', USE_TZ=True, ALLOWED_HOSTS=['shop.example'], STATIC_ROOT='/nowhere',
    TEMPLATES=[{'BACKEND': 'django.template.backends.django.DjangoTemplates'}],
    STORAGES={'staticfiles': {'BACKEND': 'django.contrib.staticfiles.storage.ManifestStaticFilesStorage'}}, STATIC_URL='/static/')
"""
MODELS = """
from django.db import models
class Order(models.Model):
    name = models.CharField(max_length=5, unique=True)
    total = models.IntegerField(null=True)
    token = models.UUIDField(null=True)
    at = models.DateTimeField(null=True)
    class Meta: app_label = 'kiosk'
class Row(models.Model):
    order = models.ForeignKey(Order, models.CASCADE)
    class Meta: app_label = 'kiosk'
class Ticket(models.Model):
    order = models.OneToOneField(Order, models.CASCADE)
    class Meta: app_label = 'kiosk'
class Cart(models.Model):
    class Meta: app_label = 'kiosk'
urlpatterns = []
"""
_kiosk = types.ModuleType("kiosk")
_kiosk.__path__ = []
_kiosk.__file__ = "/srv/app/kiosk/__init__.py"


def kiosk() -> types.ModuleType:
    """The app with its tables."""
    if "kiosk" not in sys.modules:
        sys.modules["kiosk"] = _kiosk
        _kiosk.__path__ = ["/nowhere/kiosk"]
        exec(SETTINGS, {})
        django.setup()
        exec(MODELS, _kiosk.__dict__)
        from django.db import connection

        with connection.schema_editor() as editor:
            for model in (_kiosk.Order, _kiosk.Row, _kiosk.Ticket):
                editor.create_model(model)
        _kiosk.Order.objects.create(name="a", total=1)
    return _kiosk


import surroundings  # noqa: E402

surroundings.NAMES["kiosk"] = kiosk
HEAD = "k = kiosk()\nfrom django.db import transaction\nOrder = k.Order\n"
CASES = {
    "causes.django.not-configured": ["from django.conf import settings\nsettings.DEBUG"],
    "causes.django.apps-not-loaded": ["from django.apps import apps\napps.get_models()"],
    "causes.django.does-not-exist": [HEAD + "Order.objects.get(name='z')"],
    "causes.django.many-returned": [HEAD + "Order.objects.get_or_create(name='b'); Order.objects.get()"],
    "causes.django.field": [
        HEAD + "Order.objects.filter(price=1)",
        HEAD + "Order.objects.order_by('price')",
        HEAD + "Order.objects.values('price')",
    ],
    "causes.django.lookup": [
        HEAD + "Order.objects.filter(name__kiosk=1)",
        HEAD + "Order.objects.filter(total__kiosk=1)",
    ],
    "causes.django.related-field": [HEAD + "list(Order.objects.select_related('price'))"],
    "causes.django.no-app-label": [HEAD + "from django.db import models\nclass Till(models.Model): pass"],
    "causes.django.no-reverse": [
        HEAD + "from django.urls import reverse\nreverse('orders')",
        HEAD
        + "from django.urls import path, reverse\nfrom django.urls.resolvers import URLResolver, RegexPattern\nURLResolver(RegexPattern(r'^/'), [path('x/<int:n>/', int, name='x')]).reverse('x', 'y')",
    ],
    "causes.django.no-namespace": [HEAD + "from django.urls import reverse\nreverse('shop:orders')"],
    "causes.django.template-missing": [
        HEAD + "from django.template.loader import get_template\nget_template('orders.html')"
    ],
    "causes.django.template-block": [
        HEAD + "from django.template import Template\nTemplate('{% kiosk %}')",
        HEAD + "from django.template import Template\nTemplate('{% if x %}')",
    ],
    "causes.django.template-library": [HEAD + "from django.template import Template\nTemplate('{% load kiosk %}')"],
    "causes.django.template-filter": [HEAD + "from django.template import Template\nTemplate('{{ x|kiosk }}')"],
    "causes.django.host": [
        HEAD + "from django.test import RequestFactory\nRequestFactory().get('/', HTTP_HOST='other.example').get_host()"
    ],
    "causes.django.validation": [
        HEAD + "Order(name='abcdefgh').full_clean()",
        HEAD + "Order.objects.filter(token='x').count()",
        HEAD + "Order(at='x').save()",
    ],
    "causes.django.number": [HEAD + "Order.objects.filter(total='x')", HEAD + "Order.objects.get(id='x')"],
    "causes.django.assign": [HEAD + "k.Row(order=3)", HEAD + "k.Row(order='x')"],
    "causes.django.unexpected-keyword": [HEAD + "Order(price=1)"],
    "causes.django.unsaved-related": [HEAD + "k.Row(order=Order()).save()"],
    "causes.django.related-missing": [HEAD + "Order.objects.first().ticket", HEAD + "k.Row().order"],
    "causes.django.none-query": [HEAD + "Order.objects.filter(total__gt=None)"],
    "causes.django.atomic": [
        HEAD
        + "with transaction.atomic():\n    try: Order.objects.create(name='a')\n    except Exception: pass\n    with transaction.atomic(): Order.objects.create(name='a')",
        HEAD + "with transaction.atomic():\n    transaction.set_rollback(True); Order.objects.count()",
    ],
    "causes.django.async": [HEAD + "async def main(): Order.objects.count()\nloop(main)"],
    "causes.django.no-connection": [HEAD + "Order.objects.using('other').count()"],
    "causes.django.no-app": [
        HEAD + "from django.apps import apps\napps.get_app_config('till')",
        HEAD + "from django.apps import apps\napps.get_model('kiosk', 'Till')",
    ],
    "causes.django.sliced": [HEAD + "Order.objects.all()[:1].filter(total=1)"],
    "causes.django.no-match": [
        HEAD + "from django.shortcuts import get_object_or_404\nget_object_or_404(Order, name='z')"
    ],
    "causes.django.no-view-response": [
        HEAD + "from django.core.handlers.base import BaseHandler\nBaseHandler().check_response(None, lambda: 1)",
        HEAD
        + "from django.core.handlers.base import BaseHandler\nasync def view(): pass\nc = view()\ntry: BaseHandler().check_response(c, view)\nfinally: c.close()",
    ],
    "causes.django.signature": [
        HEAD + "from django.core import signing\nsigning.loads('x')",
        HEAD + "from django.core import signing\nsigning.loads('x:y')",
    ],
    "causes.django.manifest": [
        HEAD
        + "from django.contrib.staticfiles.storage import ManifestStaticFilesStorage as S\nS('/nowhere').stored_name('shop.css')"
    ],
    "causes.sqlite.no-such-table": [HEAD + "k.Cart.objects.count()"],
    "causes.sqlite.unique": [HEAD + "Order.objects.create(name='a')"],
    "causes.python.key-quoted": [
        HEAD + "from django.utils.datastructures import MultiValueDict\nMultiValueDict()['total']"
    ],
    "causes.django.naive": [
        HEAD + "import datetime, warnings\nwarned(lambda: Order(at=datetime.datetime(2024, 1, 1)).save())"
    ],
    "causes.django.database-engine": [
        HEAD
        + "from django.db.utils import ConnectionHandler\nConnectionHandler({'default': {'ENGINE': 'kiosk.nowhere'}})['default']",
        HEAD
        + "from django.db.utils import ConnectionHandler\nc = ConnectionHandler({'default': {}})['default']; c.cursor()",
    ],
}
