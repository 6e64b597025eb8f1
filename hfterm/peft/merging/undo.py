"""Taking an adapter out of a merged model again, layer by layer, by PEFT's own unmerge."""

from typing import Any

from hfterm.errors import CheckFailedError, UsageError, one_line
from hfterm.peft.merging.outputs import share
from hfterm.peft.merging.wrapped import ADAPTER, Changed, Wrapped

# Merging these forgets what the base had there.
REPLACING = {"LN_TUNING", "TRAINABLE_TOKENS", "FROD"}


def refuse(wrapped: Wrapped) -> None:
    """Refuse an adapter whose merge cannot be undone.

    Raises:
        UsageError: merging wrote over what the base had, or the adapter needs the base's own weights.
    """
    config = wrapped.config
    kind = str(getattr(config.peft_type, "value", config.peft_type))
    base = "what the base had there is gone; get the base itself"
    if wrapped.rebuilds:
        raise UsageError(f"cannot take {kind} out: it is made from the base's own weights", "get the base itself")
    if getattr(config, "use_dora", False):
        raise UsageError("cannot take DoRA out: merging sets the lengths of the weights anew", "get the base itself")
    for one in wrapped.changed:
        if not one.is_tuner or kind in REPLACING:
            raise UsageError(f"cannot take {kind} out: it replaced {one.name}", base)
    if wrapped.replaced:
        raise UsageError(f"cannot take {kind} out: it replaced {next(iter(wrapped.replaced))}", base)


class Undone(Wrapped):
    """A merged model with the adapter on it: what :meth:`merged` gives are the base's parameters.

    ``drift``: largest difference of a weight that is merged again from what it was, as a share of the layer's
    largest: what of the adapter cannot be undone.
    """

    drift = 0.0

    def merge_in(self, one: Changed, module: Any, look: Any = None) -> dict[str, Any]:
        """The base's parameters of a module whose merged ones are in it.

        Raises:
            UsageError: PEFT cannot unmerge this layer. CheckFailedError: what comes out, merged, is another.
        """
        from peft.tuners.tuners_utils import BaseTunerLayer

        layers = [sub for sub in module.modules() if isinstance(sub, BaseTunerLayer)]
        before = {name: p.detach().clone() for name, p in module.get_base_layer().named_parameters()}
        try:
            for layer in reversed(layers):
                layer.merged_adapters = [ADAPTER]
                layer.unmerge()
            found = {name: p.detach().clone() for name, p in module.get_base_layer().named_parameters()}
            for layer in layers:
                layer.merged_adapters = []
            module.merge(safe_merge=True)
            again = dict(module.get_base_layer().named_parameters())
            drift = max((share(again[name].detach(), held) for name, held in before.items()), default=0.0)
        except Exception as exc:  # layers that cannot be unmerged fail in ways of their own
            why = "it needs what it kept in memory on merging" if "NoneType" in str(exc) else one_line(exc)[:120]
            raise UsageError(f"PEFT cannot unmerge {one.name} ({why})", "get the base itself") from exc
        finally:
            for layer in layers:
                layer.merged_adapters = []
        if not drift <= 1e-3:
            raise CheckFailedError(
                f"{one.name} cannot be unmerged: merged again it differs by {drift:.2g} of its largest weight",
                "get the base itself",
            )
        self.drift = max(self.drift, drift)
        return {f"{one.name}.{name}": tensor for name, tensor in found.items()}
