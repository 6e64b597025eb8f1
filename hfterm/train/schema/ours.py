"""Fields of the libraries' arguments that hfterm decides, with what to use instead."""

# Decided by hfterm, because a run's folder, its checkpoints or stdout depend on it.
OURS = {
    "output_dir": "use --name",
    "disable_tqdm": "use --progress",
    "resume_from_checkpoint": "use --resume",
    "do_train": "it always trains",
    "do_eval": "use --eval-data",
    "eval_strategy": "use --eval-steps",
    "save_strategy": "use --save-steps",
    "save_total_limit": "use --keep",
    "save_only_model": "a run must be able to resume",
    "logging_strategy": "use --logging-steps",
    "use_cpu": "use --device cpu",
    "bf16": "use --dtype",
    "fp16": "use --dtype",
    "data_seed": "use --seed",
    "push_to_hub": "a run stays on this machine",
    "activation_checkpointing": "use --gradient-checkpointing",
    "train_batch_size": "use --per-device-train-batch-size",
}
