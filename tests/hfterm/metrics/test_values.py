"""Values are those of the libraries, of their documentation's examples, and of papers' scripts."""

import math
from collections.abc import Sequence
from typing import Any

import jiwer
import pytest
import sacrebleu
from rouge_score.rouge_scorer import RougeScorer
from scipy import stats
from seqeval import metrics as seqeval
from sklearn import metrics as sklearn

from hfterm.errors import CheckFailedError, UsageError
from hfterm.metrics.options import Options
from hfterm.metrics.read import Item
from hfterm.metrics.score import Pairs, computed
from hfterm.metrics.table import METRICS, asked


def scored(names: str, predictions: Sequence[Any], references: Sequence[Any], **how: Any) -> dict[str, Any]:
    metrics = asked([names])
    pairs = Pairs(metrics)
    for number, (one, other) in enumerate(zip(predictions, references, strict=True), 1):
        pairs.add(Item(f"line {number}", {"prediction": one, "reference": other}))
    pairs.check()
    return computed(metrics, pairs, Options(**how))


def test_labels_as_in_scikit_learns_examples() -> None:
    right, said = [0, 1, 2, 0, 1, 2], [0, 2, 1, 0, 0, 1]
    names = [f"{one}_{average}" for one in ("f1", "precision", "recall") for average in ("macro", "micro", "weighted")]
    found = scored(f"{','.join(names)},accuracy,balanced_accuracy,mcc", said, right)
    assert found["f1_macro"] == pytest.approx(0.2666, abs=1e-4) and found["recall_micro"] == pytest.approx(1 / 3)
    for name in names:
        base, average = name.split("_")
        wanted = getattr(sklearn, f"{base}_score")(right, said, average=average, zero_division=0)
        assert found[name] == wanted
    assert found["accuracy"] == sklearn.accuracy_score(right, said)
    assert found["balanced_accuracy"] == sklearn.balanced_accuracy_score(right, said)
    assert found["matthews_correlation"] == sklearn.matthews_corrcoef(right, said)
    assert scored("mcc", [1, -1, 1, 1], [1, 1, 1, -1])["matthews_correlation"] == pytest.approx(-1 / 3)
    assert list(found)[-1] == "records" and found["records"] == 6


@pytest.mark.parametrize("labels", [(0, 1), (False, True), ("0", "1")])
def test_two_labels_have_a_positive_one(labels: tuple[Any, Any]) -> None:
    said, right = [labels[i] for i in (1, 0, 1, 1)], [labels[i] for i in (1, 1, 0, 1)]
    wanted = sklearn.f1_score(right, said, pos_label=labels[1])
    assert scored("f1", said, right)["f1"] == wanted
    other = sklearn.f1_score(right, said, pos_label=labels[0])
    assert scored("f1", said, right, positive=str(labels[0]).lower())["f1"] == other


def test_other_labels_need_an_average_or_a_positive_one() -> None:
    said, right = ["spam", "ham", "spam"], ["spam", "spam", "ham"]
    with pytest.raises(UsageError, match=r"ham, spam.*f1_macro.*--positive LABEL"):
        scored("f1", said, right)
    assert scored("f1", said, right, positive="spam")["f1"] == sklearn.f1_score(right, said, pos_label="spam")
    assert scored("f1", said, right, average="macro")["f1"] == sklearn.f1_score(right, said, average="macro")
    with pytest.raises(UsageError, match=r"no label is 'egg'.*ham, spam"):
        scored("recall", said, right, positive="egg")


def test_labels_of_any_size_and_text() -> None:
    for one, other in ((2**70, 1), ("a", "a\0"), ("ja", "日本")):
        assert scored("f1_macro", [one, other, other], [one, one, other])["f1_macro"] == pytest.approx(2 / 3)


def test_what_a_library_warns_of_is_said() -> None:
    notes: list[str] = []
    assert scored("precision", [0, 0], [0, 1], note=notes.append)["precision"] == 0
    assert len(notes) == 1 and "ill-defined" in notes[0]


def test_scores() -> None:
    assert scored("roc_auc", [0.1, 0.4, 0.35, 0.8], [0, 0, 1, 1])["roc_auc"] == 0.75
    pairs = [[0.9, 0.1], [0.6, 0.4], [0.65, 0.35], [0.2, 0.8]]
    assert scored("roc_auc", pairs, [0, 0, 1, 1])["roc_auc"] == 0.75
    many, right = [[0.7, 0.2, 0.1], [0.3, 0.3, 0.4], [0.2, 0.5, 0.3], [0.5, 0.1, 0.4]], [0, 1, 2, 2]
    wanted = sklearn.roc_auc_score(right, many, multi_class="ovr", average="macro")
    assert scored("roc_auc", many, right)["roc_auc"] == wanted
    with pytest.raises(CheckFailedError, match=r"roc_auc has no value .*[Oo]nly one class"):
        scored("roc_auc", [0.1, 0.2], [1, 1])
    with pytest.raises(CheckFailedError, match="the numbers 0 to 2"):
        scored("roc_auc", many, ["a", "b", "c", "a"])
    with pytest.raises(CheckFailedError, match="cannot be computed"):
        scored("roc_auc", [[0.5, 0.2, 0.1]] * 3, [0, 1, 2])


def test_numbers() -> None:
    said, right = [2.5, 0.0, 2, 8], [3, -0.5, 2, 7]
    found = scored("mse,rmse,mae,r2,pearson,spearman", said, right)
    assert (found["mse"], found["mae"]) == (0.375, 0.5)
    assert found["rmse"] == sklearn.root_mean_squared_error(right, said)
    assert found["r2"] == sklearn.r2_score(right, said)
    assert found["pearson"] == stats.pearsonr(said, right).statistic
    assert found["spearman"] == stats.spearmanr(said, right).statistic
    assert scored("mae", ["1", " 2.5 "], ["1", "2"])["mae"] == 0.25
    with pytest.raises(CheckFailedError, match="pearson has no value for these records: An input array is constant"):
        scored("pearson", [1, 1, 1], [1, 2, 3])
    with pytest.raises(CheckFailedError, match="pearson cannot be computed"):
        scored("pearson", [1], [1])


def test_generated_texts() -> None:
    """The example of sacrebleu's README, with a reference less for one of the texts, too."""
    said = ["The dog bit the man.", "It wasn't surprising.", "The man had just bitten him."]
    first = ["The dog bit the man.", "It was not unexpected.", "The man bit him first."]
    second = ["The dog had bit the man.", "No one was surprised.", "The man had bitten the dog."]
    notes: list[str] = []
    found = scored("bleu,chrf,chrf++,ter", said, [[*two] for two in zip(first, second, strict=True)], note=notes.append)
    assert (round(found["bleu"], 2), round(found["chrf"], 2)) == (48.53, 59.73)
    assert found["chrf++"] == sacrebleu.corpus_chrf(said, [first, second], word_order=2).score
    assert found["ter"] == sacrebleu.corpus_ter(said, [first, second]).score
    assert notes[0].startswith("bleu: nrefs:2|case:mixed") and len(notes) == 4
    fewer = scored("bleu", said, [[first[0], second[0]], first[1], [first[2], second[2]]])["bleu"]
    assert fewer == sacrebleu.corpus_bleu(said, [first, [second[0], None, second[2]]]).score


def test_rouge() -> None:
    """The example of rouge-score's README."""
    right, said = "The quick brown fox jumps over the lazy dog", "The quick brown dog jumps on the log."
    found = scored("rouge", [said], [right])
    scores = RougeScorer(["rouge1", "rouge2", "rougeL", "rougeLsum"]).score(right, said)
    assert {name: found[name] for name in scores} == {name: score.fmeasure for name, score in scores.items()}
    assert found["rouge1"] == pytest.approx(12 / 17) and found["rougeL"] == pytest.approx(10 / 17)
    assert scored("rouge1", [said, "x"], [["nothing", right], "y"])["rouge1"] == found["rouge1"] / 2
    notes: list[str] = []
    assert scored("rouge1", ["東京です"], ["東京です"], note=notes.append)["rouge1"] == 0
    assert "1 of 1 references have other letters" in notes[0]


def test_answers() -> None:
    said = ["The Eiffel Tower!", "in Paris, France", "", "no"]
    right = [{"text": ["Eiffel tower"], "answer_start": [3]}, ["Paris", "Lyon"], [], "yes"]
    found = scored("squad,exact_match", said, right)
    assert found == {"squad_exact": 50.0, "squad_f1": 62.5, "exact_match": 0.25, "records": 4}


def test_transcripts() -> None:
    said, right = ["hello duck", "the cat sat"], ["hello world", "the cat"]
    found = scored("wer,cer", said, right)
    assert (found["wer"], found["cer"]) == (jiwer.wer(right, said), jiwer.cer(right, said))
    assert scored("wer", ["hello duck"], ["hello world"])["wer"] == 0.5
    with pytest.raises(CheckFailedError, match="no words"):
        scored("wer", ["a"], [" "])


def test_entities() -> None:
    """The example of seqeval's README."""
    right = [["O", "O", "O", "B-MISC", "I-MISC", "I-MISC", "O"], ["B-PER", "I-PER", "O"]]
    said = [["O", "O", "B-MISC", "I-MISC", "I-MISC", "I-MISC", "O"], ["B-PER", "I-PER", "O"]]
    found = scored("seqeval", said, right)
    assert [found[f"seqeval_{one}"] for one in ("precision", "recall", "f1", "accuracy")] == [0.5, 0.5, 0.5, 0.8]
    assert found["seqeval_f1"] == seqeval.f1_score(right, said)
    assert (found["seqeval_MISC_f1"], found["seqeval_PER_f1"], found["seqeval_PER_support"]) == (0, 1, 1)


def test_perplexity() -> None:
    def of(*records: dict[str, Any]) -> float:
        metrics = asked(["perplexity"])
        pairs = Pairs(metrics)
        for number, record in enumerate(records):
            pairs.add(Item(f"line {number}", record))
        pairs.check()
        return float(computed(metrics, pairs, Options())["perplexity"])

    quarter = math.log(1 / 4)
    assert of({"token_logprobs": [None, quarter, quarter]}) == pytest.approx(4)
    assert of({"loss": -quarter, "tokens": 7}, {"log_likelihood": 2 * quarter, "tokens": "2"}) == pytest.approx(4)
    assert of({"loss": 1, "tokens": 1}, {"loss": 3, "tokens": 3}) == pytest.approx(math.exp(10 / 4))
    with pytest.raises(CheckFailedError, match="the mean loss is 1000"):
        of({"loss": 1000, "tokens": 1})
    for record, why in (
        ({"loss": -1, "tokens": 2}, "a negative loss"),
        ({"loss": 1}, "nothing as number of tokens"),
        ({"loss": 1, "tokens": 0}, "no tokens"),
        ({"loss": 1, "tokens": 1.5}, "1.5 as number of tokens"),
        ({"token_logprobs": [0.5]}, "above 0"),
        ({"token_logprobs": [None]}, "no tokens"),
        ({"loss": math.nan, "tokens": 1}, "no finite number"),
    ):
        with pytest.raises(CheckFailedError, match=why):
            of(record)


@pytest.mark.parametrize("name", METRICS)
def test_every_metric_has_a_best_value(name: str) -> None:
    """What is right scores best in each of them."""
    best = {"mse": 0, "rmse": 0, "mae": 0, "ter": 0, "wer": 0, "cer": 0, "perplexity": 1}
    for key in ("squad_exact", "squad_f1", "bleu", "chrf", "chrf++"):
        best[key] = 100
    samples: dict[str, tuple[Any, ...]] = {
        "label": (0, 1),
        "score": (0, 1),
        "number": (1.0, 2.0),
        "text": ("the cat sat down here", "a dog barked at the man"),
        "one_text": ("the cat", "a dog"),
        "tags": (["B-PER", "O"], ["B-LOC"]),
    }
    takes = METRICS[name].takes
    if takes == "loss":
        pairs = Pairs(asked([name]))
        pairs.add(Item("line 1", {"loss": 0.0, "tokens": 3}))
        found = computed(asked([name]), pairs, Options())
    else:
        found = scored(name, samples[takes], samples[takes])
    assert next(iter(found.values())) == pytest.approx(best.get(name, 1))
