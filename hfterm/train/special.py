"""What single PEFT methods want of a training beside their settings.

AdaLoRA and AdaMSS share ranks out anew after each step, from the gradients: the Trainer does not know, and without the
call all ranks stay as they began. Others fail in the midst of a training, or lose what was trained, without a word.
"""

from typing import Any

from hfterm.errors import HftermError, UsageError

# Methods of hfterm train whose trainer puts a loss of its own in place of the model's head.
_FUSED = {
    "CPT": "it computes its loss from logits, which TRL's trainer for SFT does not make",
    "ADAPTION_PROMPT": "it hides the model's head, which TRL's trainer for SFT replaces",
}
# Those that train a new head, which must be saved with the adapter.
_HEADED = ("classify", "tag", "reward", "image", "audio")


def check(method: str, config: Any) -> None:
    """Refuse a PEFT method that ``method`` cannot train.

    Raises:
        UsageError.
    """
    kind = _kind(config)
    if method == "sft" and kind in _FUSED:
        raise UsageError(
            f"PEFT method {kind.lower()!r} is not for sft: {_FUSED[kind]}", "use hfterm train clm, or another method"
        )
    if method in _HEADED and kind == "TRAINABLE_TOKENS":
        raise UsageError(
            f"PEFT method 'trainable_tokens' is not for {method}: PEFT would not save the new head with it",
            "choose another, such as --peft lora --peft-set trainable_token_indices=[5,6]",
        )


def plan(config: Any, settings: dict[str, Any], steps: int | None) -> None:
    """Tell AdaLoRA how many steps there will be, unless ``settings`` say so.

    Raises:
        UsageError: nobody knows, or its phases take more steps than there are.
    """
    if _kind(config) != "ADALORA":
        return
    if "total_step" not in settings:
        if steps is None:
            raise UsageError(
                "AdaLoRA must know how many steps there will be, and nobody can tell", "say so: --max-steps 1000"
            )
        config.total_step = steps
    if config.tinit >= config.total_step - config.tfinal:
        raise UsageError(
            f"AdaLoRA shares ranks out between step tinit={config.tinit} and tfinal={config.tfinal} steps before the "
            f"end, and there are {config.total_step} steps",
            "change them with --peft-set tinit=N, or train for more steps",
        )


def install(trainer: Any) -> None:
    """Have the trainer tell the PEFT method of each step, where it wants to be told."""
    model = getattr(trainer.model, "base_model", None)
    if hasattr(model, "update_and_allocate"):
        trainer.add_callback(Allocate(model))


class Allocate:
    """A callback of the Trainer; events that it has no method for are ignored."""

    def __init__(self, model: Any) -> None:
        self.model = model
        self.pattern: dict[str, Any] | None = None

    def __getattr__(self, name: str) -> Any:
        if name.startswith("on_"):
            return lambda *args, **kwargs: None
        raise AttributeError(name)

    def on_optimizer_step(self, args: Any, state: Any, control: Any, **kwargs: Any) -> None:
        """After the optimizer's step, while the gradients are there.

        Raises:
            HftermError: they are not, because each process has a part of them.
        """
        name, config = next(iter(self.model.peft_config.items()))
        trained = [p for p in self.model.parameters() if p.requires_grad and p.numel()]
        if any(p.grad is None for p in trained):
            raise HftermError(
                f"PEFT method {_kind(config).lower()!r} needs the gradient of every weight after each step",
                "leave out --zero and --fsdp, or choose another method such as lora",
            )
        if _kind(config) != "ADALORA":
            self.model.update_and_allocate(state.global_step)
            return
        step, last = state.global_step, config.total_step - config.tfinal
        if step > last and self.pattern is None:  # resumed after the ranks were dealt: what is zero was not kept
            self.pattern = {
                key: (value != 0).view(-1).tolist()
                for key, value in self.model.model.named_parameters()
                if f"lora_E.{name}" in key
            }
        config.rank_pattern = self.pattern
        self.model.update_and_allocate(step)
        self.pattern = config.rank_pattern
        # With a pattern PEFT would save smaller weights, which a run could not go on from.
        config.rank_pattern = None


def _kind(config: Any) -> str:
    return str(getattr(config.peft_type, "value", config.peft_type))
