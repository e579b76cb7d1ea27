"""pydantic 2, and the wording of pydantic 1 that it still carries."""

import pydantic  # noqa: F401 - the family is skipped without it

FAMILY = "pydantic"
DISTRIBUTION = "pydantic"
HEAD = "from pydantic import *\nfrom typing import *\nclass Row(BaseModel):\n    sku: str\nclass Order(BaseModel):\n    total: int\n    rows: list[Row] = []\n"
OLD = "from pydantic.v1 import *\nfrom typing import *\nclass Order(BaseModel):\n    total: int\n    name: str = ''\n"
CASES = {
    "causes.pydantic.missing": [
        HEAD + "Order()",
        HEAD + "Order(total=1, rows=[{}])",
        HEAD + "class A(BaseModel):\n    a: int\n    b: int\nA()",
    ],
    "causes.pydantic.type": [
        HEAD + "Order(total='x')",
        HEAD + "Order(total=None)",
        HEAD + "Order(total=1, rows=3)",
        HEAD + "Order(total=1.5)",
        HEAD + "Row(sku=3)",
    ],
    "causes.pydantic.input": [HEAD + "Order.model_validate(None)", HEAD + "Order.model_validate_json('x')"],
    "causes.pydantic.extra": [HEAD + "class A(BaseModel):\n    model_config = ConfigDict(extra='forbid')\nA(b=1)"],
    "causes.pydantic.value-error": [
        HEAD
        + "class A(BaseModel):\n    a: int\n    @field_validator('a')\n    def check(cls, v): raise ValueError('must be even')\nA(a=1)",
        HEAD
        + "class A(BaseModel):\n    @model_validator(mode='after')\n    def check(self): raise ValueError('must be even')\nA()",
    ],
    "causes.pydantic.constraint": [
        HEAD + "class A(BaseModel):\n    a: int = Field(gt=0)\nA(a=0)",
        HEAD + "class A(BaseModel):\n    a: str = Field(max_length=2)\nA(a='abc')",
        HEAD + "class A(BaseModel):\n    a: Literal['x']\nA(a='y')",
        HEAD + "import enum\nclass C(enum.Enum):\n    R = 1\nclass A(BaseModel):\n    a: C\nA(a=2)",
    ],
    "causes.pydantic.frozen": [
        HEAD + "class A(BaseModel):\n    model_config = ConfigDict(frozen=True)\n    a: int\nA(a=1).a = 2"
    ],
    "causes.pydantic.missing-old": [OLD + "Order()"],
    "causes.pydantic.type-old": [OLD + "Order(total='x')", OLD + "Order(total=None)"],
    "causes.pydantic.no-field": [HEAD + "Order(total=1).sum = 2", OLD + "Order(total=1).sum = 2"],
    "causes.pydantic.not-defined": [HEAD + "class A(BaseModel):\n    b: 'Nowhere'\nA(b=1)"],
    "causes.pydantic.no-schema": [HEAD + "class T: pass\nclass A(BaseModel):\n    t: T"],
    "causes.pydantic.unserializable": [
        HEAD + "class T: pass\nclass A(BaseModel):\n    t: Any\nA(t=T()).model_dump_json()"
    ],
    "causes.pydantic.serializing": [
        HEAD
        + "class A(BaseModel):\n    t: int\n    @field_serializer('t')\n    def s(self, v): return v.missing\nA(t=1).model_dump()"
    ],
    "causes.pydantic.not-annotated": [HEAD + "class A(BaseModel):\n    t = 1"],
    "causes.pydantic.moved": ["import pydantic\npydantic.BaseSettings", "from pydantic import BaseSettings"],
    "causes.python.attribute": [HEAD + "Order(total=1).sum"],
}
