"""pymongo without a server."""

import pymongo  # noqa: F401 - the family is skipped without it

FAMILY = "mongo"
DISTRIBUTION = "pymongo"
CASES = {
    "causes.mongo.no-server": [
        "import pymongo\npymongo.MongoClient('127.0.0.1', refused(), serverSelectionTimeoutMS=200).shop.orders.find_one()",
        "import pymongo\npymongo.MongoClient(NOWHERE, serverSelectionTimeoutMS=200).shop.orders.find_one()",
    ],
    "causes.mongo.cannot-encode": [
        "import bson\nbson.encode({'a': object()})",
        "import bson, decimal\nbson.encode({'a': decimal.Decimal(1)})",
        "import bson\nbson.encode({'a': {1, 2}})",
    ],
    "causes.mongo.key-type": ["import bson\nbson.encode({1: 2})"],
    "causes.mongo.object-id": ["import bson\nbson.ObjectId('x')"],
    "causes.mongo.closed": [
        "import pymongo\nc = pymongo.MongoClient('127.0.0.1', refused(), serverSelectionTimeoutMS=200); c.close(); c.shop.orders.find_one()"
    ],
    "causes.mongo.uri": ["import pymongo\npymongo.MongoClient('http://x')"],
    "causes.mongo.truth-value": [
        "import pymongo\nbool(pymongo.MongoClient('127.0.0.1', refused(), connect=False).shop)"
    ],
}
