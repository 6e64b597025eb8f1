from hfterm.mem import advise

G = 2**30


def test_a_full_training_on_one_gpu() -> None:
    hints = advise(parameters=10**9, trainable=10**9, batch=8, length=2048, used=40 * G)
    # 16 bytes a number are weights, gradients and states: 14.9 GiB; the rest are activations, halved with the batch.
    assert hints[0] == "--per-device-train-batch-size 4 --gradient-accumulation-steps 2: about 12.5 GiB less"
    assert hints[1] == "--gradient-checkpointing: about 18.8 GiB less"
    assert hints[2] == "--max-length 1024: about 12.5 GiB less"
    assert hints[3].startswith("--peft lora: about 12.9 GiB less")
    assert len(hints) == 4


def test_what_is_done_already_is_not_advised() -> None:
    hints = advise(parameters=10**9, trainable=10**6, batch=1, length=128, checkpointing=True, zero=3, offload=True)
    assert hints == []


def test_several_gpus() -> None:
    hints = advise(parameters=10**9, trainable=10**9, batch=1, gpus=4, checkpointing=True, capacity=16 * G)
    assert [hint.partition(":")[0] for hint in hints] == [
        "--peft lora",
        "--zero 2",
        "--zero 3",
        "--zero 3 --offload optimizer,params",
    ]
    # Three quarters of gradients and states; of the weights too.
    assert hints[1].endswith("about 8.4 GiB less") and hints[2].endswith("about 11.2 GiB less")


def test_without_sizes_only_words() -> None:
    assert advise(parameters=0, trainable=0, batch=3)[:2] == [
        "--per-device-train-batch-size 1 --gradient-accumulation-steps 3",
        "--gradient-checkpointing",
    ]


def test_an_adapter_goes_on_smaller_weights_or_is_on_them() -> None:
    hints = advise(parameters=10**9, trainable=10**6, batch=1, length=128, checkpointing=True, gpus=2)
    assert hints[0] == "--load-in 4bit: about 1.4 GiB less"
    assert advise(parameters=10**9, trainable=10**6, batch=1, length=128, checkpointing=True, gpus=2, bits=4) == []
