"""Whether a model's loss is a sum over a number of items that the Trainer gives, or a mean of its own.

The Trainer (5.23) takes every model whose ``forward`` has ``**kwargs`` for one of the first kind. Of the second kind
are most heads for classification, BERT's for masks and T5: their gradients would then be multiplied by the steps of an
accumulation and by the number of processes, without a word.
"""

from typing import Any


def correct(trainer: Any, examples: Any, name: str) -> Any:
    """The trainer, told what its model's loss is: a single example is measured twice, where that matters."""
    arguments = trainer.args
    if trainer.model_accepts_loss_kwargs and arguments.world_size * arguments.gradient_accumulation_steps > 1:
        trainer.model_accepts_loss_kwargs = takes_number(trainer.model, trainer.data_collator, examples[0], name)
    return trainer


def takes_number(model: Any, collate: Any, example: Any, name: str) -> bool:
    """Whether the loss of an example changes with the number of items that it is divided by."""
    import torch

    from hfterm.train.exact import _seeded

    trained = model.training
    with _seeded(0), torch.no_grad():
        batch = {key: value.to(model.device) for key, value in collate([example]).items()}
        if name == "mlm":
            batch["labels"] = batch["input_ids"]  # perhaps nothing is masked in it
        try:
            model.eval()
            one = model(**batch).loss
            other = model(**batch, num_items_in_batch=torch.tensor(1e4, device=model.device)).loss
        except TypeError:
            return False
        finally:
            model.train(trained)
    return not bool(torch.isclose(one, other))
