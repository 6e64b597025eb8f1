import pytest

from hfterm.errors import ConfigError
from hfterm.train.recipes import RECIPES
from hfterm.train.schema import names
from hfterm.train.schema.document import parse
from hfterm.train.schema.resolve import Resolved, resolve

WHOLE = "method: sft\nmodel: m\ndata: d\n"
# What some methods cannot do without.
NEEDED = {"grpo": "reward: [exact]\n", "rloo": "reward: exact\n", "distill": "teacher: t\n"}

pytestmark = pytest.mark.usefixtures("known")


def resolved(text: str, *over: str, name: str = "r.yaml") -> Resolved:
    return resolve(names.overridden(parse(text.encode(), name), names.pairs(over, "--set"), "--set"))


def said(found: Resolved) -> list[str]:
    return [f"{one}; {one.hint}" for one in found.in_order()]


def test_every_key_finds_its_place() -> None:
    text = WHOLE + (
        "learning_rate: 1e-4\nnum_train_epochs: 2\nmax_steps:\nskip_bad: yes\nmax_grad_norm: 0.5\n"
        "peft:\n  method: dora\n  r: 8\n  target_modules: [q_proj]\nset:\n  optim: adamw_torch\n  eval_on_start: on\n"
    )
    recipe = resolved(text).sound()
    assert (recipe.METHOD, recipe.model, recipe.data, recipe.learning_rate) == ("sft", "m", "d", 1e-4)
    assert (recipe.max_steps, recipe.skip_bad) == (None, True)
    assert isinstance(recipe.num_train_epochs, float)
    assert (recipe.peft, recipe.peft_set) == ("dora", {"r": 8, "target_modules": ["q_proj"]})
    assert recipe.set == {"max_grad_norm": 0.5, "optim": "adamw_torch", "eval_on_start": True}
    toml = 'method = "sft"\nmodel = "m"\ndata = "d"\nlearning_rate = 1e-4\n[peft]\nmethod = "lora"\nr = 4\n'
    assert resolved(toml, name="r.toml").sound().peft_set == {"r": 4}


@pytest.mark.parametrize("method", RECIPES)
def test_each_method_has_a_recipe(method: str) -> None:
    text = f"method: {method}\nmodel: m\ndata: d\nmax_grad_norm: 0.5\n"
    found = resolved(text + NEEDED.get(method, ""))
    assert type(found.sound()) is RECIPES[method] and found.sound().set == {"max_grad_norm": 0.5}
    if method in NEEDED:
        key = NEEDED[method].partition(":")[0]
        assert [(one.key, one.line) for one in resolved(text).findings] == [(key, None)]


def test_all_problems_are_told_with_their_lines() -> None:
    text = (
        "method: sft\nmodel: m\nlr: 1\nmax_steps: -4\nsave_steps: 0\nbf16: true\nhub_token: hf_abcdefghijklmnopqrst\n"
        "name: a\nlr_scheduler_type: cosin\nseed: 2.5\nset:\n  columns: 1\n  optim: adamw\n  zzzz: 1\n"
        "peft:\n  method: lora\n  rr: 3\n  r: x\n"
    )
    found = resolved(text)
    assert found.recipe is None
    told = said(found)
    for line, words in (
        (3, "lr: neither a key of a recipe for sft nor a field of trl.SFTConfig; did you mean 'learning_rate'?"),
        (4, "max_steps must be above 0, not -4"),
        (5, "save_steps must be above 0, not 0"),
        (6, "bf16: hfterm decides it; use dtype"),
        (7, "hub_token: a secret has no place in a recipe"),
        (8, "name: no key of a recipe; give it on the command line: --name"),
        (9, "lr_scheduler_type=cosin: no such choice; did you mean 'cosine'"),
        (10, "seed=2.5: not a whole number"),
        (12, "columns: it is a key of the recipe itself; write it outside of 'set'"),
        (13, "optim=adamw: no such choice"),
        (14, "zzzz: neither a key"),
        (17, "rr: PEFT method 'lora' has no such setting; did you mean 'r'?"),
        (18, "r=x: not a whole number"),
    ):
        assert [one for one in told if one.startswith(f"r.yaml:{line}: {words}")], (line, told)
    assert any(one.startswith("r.yaml: data: missing") for one in told)
    assert len(told) == 14 and "abcdefgh" not in " ".join(told)
    with pytest.raises(ConfigError, match=r"r.yaml:3: lr.*13 more: see 'hfterm train validate r.yaml'"):
        found.sound()


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("model: m\n", "r.yaml: method: missing; choose sft"),
        ("method: stf\n", "r.yaml:1: method=stf: no such method of training; did you mean 'sft'?"),
        ("method: [sft]\n", "no such method"),
        ("method: sft\nmodel:\ndata: d\n", "r.yaml:2: model: missing"),
        ("method: sft\nmodel: m\ndata: {a: 1}\n", "r.yaml:3: data="),
        (WHOLE + "peft: lroa\n", "r.yaml:4: no such PEFT method 'lroa'; did you mean"),
        (WHOLE + "peft: none\npeft_set: {r: 1}\n", "r.yaml:5: settings of a PEFT method, and peft is none"),
        (WHOLE + "peft: 3\n", "r.yaml:4: peft=3: not the name"),
        (WHOLE + "peft_set: 3\n", "r.yaml:4: peft_set: not a mapping"),
        (WHOLE + "set: 3\n", "r.yaml:4: set: not a mapping"),
        (WHOLE + "dtype: fp16\n", "r.yaml:4: no such dtype 'fp16'; choose float32"),
        (WHOLE + "seed: 1\nset:\n  seed: 2\n", "r.yaml:6: set.seed=2, but seed=1 in line 4; give one of them"),
        (WHOLE + "set:\n  max_steps: -1\n", "r.yaml:5: max_steps must be above 0, not -1"),
        (WHOLE + "set:\n  max_steps: many\n", "r.yaml:5: max_steps=many: not a whole number"),
        (WHOLE + "output_dir: x\n", "r.yaml:4: output_dir: hfterm decides it; use --name"),
    ],
)
def test_single_mistakes(text: str, words: str) -> None:
    told = said(resolved(text))
    assert len(told) == 1 and words in told[0], told


def test_several_losses_are_a_list_or_a_text() -> None:
    for written in ("[sigmoid, sft]", "sigmoid,sft"):
        assert resolved(f"method: dpo\nmodel: m\ndata: d\nloss_type: {written}\n").sound().loss_type == "sigmoid,sft"  # type: ignore[attr-defined]


def test_words_of_an_option_may_be_a_list() -> None:
    assert resolved(WHOLE + "keep: [best, 3]\n").sound().keep == resolved(WHOLE + "keep: best,3\n").sound().keep
    assert "model=" in said(resolved("method: sft\nmodel: [a, b]\ndata: d\n"))[0]


def test_a_key_without_a_value_is_left_out() -> None:
    recipe = resolved(WHOLE + "weight_decay:\nmax_grad_norm: ~\nmax_steps:\npeft:\nset:\n").sound()
    assert (recipe.weight_decay, recipe.set, recipe.max_steps, recipe.peft) == (0.0, {}, None, "lora")


def test_settings_over_the_file() -> None:
    text = WHOLE + "peft: {method: lora, r: 8}\nmax_steps: 5\n"
    over = ("lr=3e-4", "peft=dora", "target-modules=q_proj,v_proj", "max_steps=none", "report_to=none", "optim=sgd")
    recipe = resolved(text, *over).sound()
    assert (recipe.learning_rate, recipe.peft, recipe.max_steps) == (3e-4, "dora", None)
    assert recipe.peft_set == {"r": 8, "target_modules": ["q_proj", "v_proj"]} and recipe.set["optim"] == "sgd"
    assert resolved(text, "peft=none").sound().peft == "none"
    assert resolved(WHOLE, "peft.r=4").sound().peft_set == {"r": 4}
    assert said(resolved(text, "max_grad_norm=x", "peft.rr=1")) == [
        "--set: max_grad_norm=x: not a number; None",
        "--set: rr: PEFT method 'lora' has no such setting; did you mean 'r'?",
    ]


def test_a_field_with_a_key_of_its_own_may_stand_below_set() -> None:
    found = resolved(WHOLE + "set: {learning_rate: 1e-4, keep: [best, 3], logging_steps: 7, adam_beta2: 0.9}\n").sound()
    assert (found.learning_rate, found.keep, found.logging_steps) == (1e-4, "best,3", 7)
    assert found.set == {"adam_beta2": 0.9}
    assert resolved(WHOLE + "seed: 3\nset: {seed: 3}\n").sound().seed == 3


def test_of_two_places_the_command_line_counts() -> None:
    both = WHOLE + "set:\n  seed: 2\n"
    for text, given in ((both, "seed"), (WHOLE + "seed: 2\n", "set.seed")):
        document = names.overridden(parse(text.encode(), "r.yaml"), [(given, "5")], "--set")
        assert resolve(document).sound().seed == 5
    document = names.overridden(parse(both.encode(), "r.yaml"), [("seed", "5"), ("set.seed", "6")], "--set")
    assert "set.seed=6, but seed=5" in said(resolve(document))[0]
