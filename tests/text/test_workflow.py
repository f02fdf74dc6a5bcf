"""An expression stands for the values a workflow gives it, wherever they are written."""

import pytest

from maintainer.text import yaml_tree
from maintainer.text.workflow import Scope

TEXT = """
inputs: {php: {default: "8.3"}, old: {default: "${{ inputs.old }}"}, node: {default: "${{ env.NODE }}"}}
env: {NODE: 20, PHP: "${{ inputs.php }}"}
job: {env: {NODE: 22}}
matrix:
  php: ["8.1", 8.2]
  config: [{node: 18}, {node: 20}, other]
  include: [{php: "8.4"}, {os: linux}, 5]
"""


@pytest.mark.parametrize(
    ("expression", "values"),
    [
        ("${{ matrix.php }}", [("8.1", "support"), ("8.2", "support"), ("8.4", "support")]),
        ("${{matrix.config.node}}", [("18", "support"), ("20", "support")]),
        ("${{ env.NODE }}", [("22", "pin")]),
        ("${{ env.PHP }}", [("8.3", "pin")]),
        ("${{ inputs.node }}", [("22", "pin")]),
        ("${{ inputs.unknown }}", []),
        ("${{ secrets.php }}", []),
        ("${{ matrix.php || '8.1' }}", []),
        ("8.2", []),
    ],
)
def test_an_expression_stands_for_its_values(expression: str, values: list[tuple[str, str]]) -> None:
    root = yaml_tree.parse_table(TEXT)
    inputs, job = root.table("inputs"), root.table("job")
    assert inputs and job
    scope = Scope(root.table("matrix"), inputs=(inputs,)).within(root).within(job)
    assert [(node.value, role) for node, role in scope.values(expression)] == values


def test_an_expression_of_itself_ends() -> None:
    inputs = yaml_tree.parse_table(TEXT).table("inputs")
    assert inputs
    assert [node.value for node, _ in Scope(inputs=(inputs,)).values("${{ inputs.old }}")] == ["${{ inputs.old }}"]
