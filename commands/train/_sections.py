"""Under which title of the help an option of a training verb stands."""

_TITLES = {
    "Data": "config split eval_data eval_split columns max_samples skip_bad chat_template max_length",
    "Adapter": "peft peft_set load_in",
    "Training": "learning_rate num_train_epochs max_steps per_device_train_batch_size gradient_accumulation_steps "
    "gradient_checkpointing warmup_steps lr_scheduler_type weight_decay seed set",
    "Checkpoints and metrics": "save_steps keep logging_steps eval_steps metric report_to",
    "Machine": "device dtype launch gpus nproc nodes zero offload fsdp max_restarts",
    "Around the run": "detach after after_any when_free retries notify push private hub_strategy",
}
SECTIONS = {name: title for title, names in _TITLES.items() for name in names.split()}
