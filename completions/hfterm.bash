# bash completion for hfterm (bash 4 or later; 3.2 should do); written by 'hfterm completion bash'.
# Commands, options and fixed values stand here; only models, repositories, runs, adapters and settings are asked of it.

# The verbs and options (spellings of one joined by commas, * before what may be repeated) of command $1.
_hfterm_command() {
    subs='' opts=''
    case $1 in
        '') subs='hub data tok train peft chat mem eval demo ui gpu doctor config completion help' opts='--version -q,--quiet -v,--verbose --debug --help' ;;
        hub) subs='search info card ls cat inspect get put rm create move branch tag diff cache login logout whoami token share' opts=--help ;;
        'hub search') subs='' opts='-t,--type --author *--filter --task --params --gated,--no-gated --sort -n,--limit -f,--format -q,--quiet -v,--verbose --debug --help' ;;
        'hub info') subs='' opts='-t,--type -r,--revision --files -f,--format -q,--quiet -v,--verbose --debug --help' ;;
        'hub card') subs='' opts='-t,--type -r,--revision --raw -f,--format -q,--quiet -v,--verbose --debug --help' ;;
        'hub ls') subs='' opts='-t,--type -r,--revision -R,--recursive -l,--long -f,--format -q,--quiet -v,--verbose --debug --help' ;;
        'hub cat') subs='' opts='-t,--type -r,--revision --range -q,--quiet -v,--verbose --debug --help' ;;
        'hub inspect') subs='' opts='-t,--type -r,--revision --file -l,--tensors --depth --filter --all -f,--format -q,--quiet -v,--verbose --debug --help' ;;
        'hub get') subs='' opts='-t,--type -r,--revision *--include *--exclude --to --overwrite -n,--dry-run --workers --connections --stall-timeout --retries -f,--format --progress -q,--quiet -v,--verbose --debug --help' ;;
        'hub put') subs='' opts='-t,--type -r,--revision --to *--include *--exclude *--delete --create --private,--public --sdk --secrets -j,--jobs -m,--message --description --pr --parent -n,--dry-run -f,--format --progress -q,--quiet -v,--verbose --debug --help' ;;
        'hub rm') subs='' opts='--repo -t,--type -r,--revision -m,--message --description --pr --parent -y,--yes -n,--dry-run -f,--format -q,--quiet -v,--verbose --debug --help' ;;
        'hub create') subs='' opts='-t,--type --private,--public --sdk --exist-ok -n,--dry-run -f,--format -q,--quiet -v,--verbose --debug --help' ;;
        'hub move') subs='' opts='-t,--type -n,--dry-run -f,--format -q,--quiet -v,--verbose --debug --help' ;;
        'hub branch') subs='' opts='-t,--type --from -d,--delete --exist-ok -y,--yes -n,--dry-run -f,--format -q,--quiet -v,--verbose --debug --help' ;;
        'hub tag') subs='' opts='-t,--type --from -m,--message -d,--delete --exist-ok -y,--yes -n,--dry-run -f,--format -q,--quiet -v,--verbose --debug --help' ;;
        'hub diff') subs='' opts='-t,--type -p,--text *--include *--exclude --exit-code -f,--format --progress -q,--quiet -v,--verbose --debug --help' ;;
        'hub cache') subs='ls du rm prune verify import' opts=--help ;;
        'hub cache ls') subs='' opts='-t,--type --revisions --sort --reverse -n,--limit -f,--format -q,--quiet -v,--verbose --debug --help' ;;
        'hub cache du') subs='' opts='-a,--all --older -f,--format -q,--quiet -v,--verbose --debug --help' ;;
        'hub cache rm') subs='' opts='-t,--type -y,--yes -n,--dry-run -f,--format -q,--quiet -v,--verbose --debug --help' ;;
        'hub cache prune') subs='' opts='--older --xet -y,--yes -n,--dry-run -f,--format -q,--quiet -v,--verbose --debug --help' ;;
        'hub cache verify') subs='' opts='-t,--type --fix --hub,--no-hub -f,--format --progress -q,--quiet -v,--verbose --debug --help' ;;
        'hub cache import') subs='' opts='--as -t,--type -r,--revision --link,--copy --overwrite -n,--dry-run -f,--format --progress -q,--quiet -v,--verbose --debug --help' ;;
        'hub login') subs='' opts='--name --check,--no-check -f,--format -q,--quiet -v,--verbose --debug --help' ;;
        'hub logout') subs='' opts='--all -f,--format -q,--quiet -v,--verbose --debug --help' ;;
        'hub whoami') subs='' opts='-f,--format -q,--quiet -v,--verbose --debug --help' ;;
        'hub token') subs='use print' opts='-f,--format -q,--quiet -v,--verbose --debug --help' ;;
        'hub token use') subs='' opts='-q,--quiet -v,--verbose --debug --help' ;;
        'hub token print') subs='' opts='-y,--yes -q,--quiet -v,--verbose --debug --help' ;;
        'hub share') subs='' opts='--dir --host --port --token-file --writable,--readonly --xet,--no-xet -f,--format -q,--quiet -v,--verbose --debug --help' ;;
        data) subs='head tail sample cat schema count info stats validate filter select map sql sort shuffle split concat mix dedup format convert view get put' opts=--help ;;
        'data head') subs='' opts='--input-format --config --split --all-text --skip-bad --bad -o,--output --overwrite -n,--count --show -f,--format -q,--quiet -v,--verbose --debug --help' ;;
        'data tail') subs='' opts='--input-format --config --split --all-text --skip-bad --bad -o,--output --overwrite -n,--count -f,--format -q,--quiet -v,--verbose --debug --help' ;;
        'data sample') subs='' opts='--input-format --config --split --all-text --skip-bad --bad -o,--output --overwrite -n,--count --seed -f,--format -q,--quiet -v,--verbose --debug --help' ;;
        'data cat') subs='' opts='--input-format --config --split --all-text --skip-bad --bad -o,--output --overwrite -f,--format -q,--quiet -v,--verbose --debug --help' ;;
        'data schema') subs='' opts='--input-format --config --split --all-text --skip-bad --bad -f,--format -q,--quiet -v,--verbose --debug --help' ;;
        'data count') subs='' opts='--input-format --config --split --all-text --skip-bad --bad -f,--format -q,--quiet -v,--verbose --debug --help' ;;
        'data info') subs='' opts='--input-format --config --split --all-text --skip-bad --bad --each -f,--format -q,--quiet -v,--verbose --debug --help' ;;
        'data stats') subs='' opts='--input-format --config --split --all-text --skip-bad --bad --columns --quantiles --tok -f,--format -q,--quiet -v,--verbose --debug --help' ;;
        'data validate') subs='' opts='--input-format --config --split --all-text --skip-bad --bad --for --max-errors -f,--format -q,--quiet -v,--verbose --debug --help' ;;
        'data filter') subs='' opts='--input-format --config --split --all-text --skip-bad --bad -o,--output --overwrite --py --batched --batch-size --num-proc --engine --ray-address -f,--format -q,--quiet -v,--verbose --debug --help' ;;
        'data select') subs='' opts='--input-format --config --split --all-text --skip-bad --bad -o,--output --overwrite -f,--format -q,--quiet -v,--verbose --debug --help' ;;
        'data map') subs='' opts='--input-format --config --split --all-text --skip-bad --bad -o,--output --overwrite --py --batched --batch-size --num-proc --replace --engine --ray-address -f,--format -q,--quiet -v,--verbose --debug --help' ;;
        'data sql') subs='' opts='--input-format --config --split --all-text --skip-bad --bad -o,--output --overwrite -f,--format -q,--quiet -v,--verbose --debug --help' ;;
        'data sort') subs='' opts='--input-format --config --split --all-text --skip-bad --bad -o,--output --overwrite -f,--format -q,--quiet -v,--verbose --debug --help' ;;
        'data shuffle') subs='' opts='--input-format --config --split --all-text --skip-bad --bad -o,--output --overwrite --seed -f,--format -q,--quiet -v,--verbose --debug --help' ;;
        'data split') subs='' opts='--input-format --config --split --all-text --skip-bad --bad -o,--output --test --validation --stratify --group-by --as --seed --overwrite -f,--format -q,--quiet -v,--verbose --debug --help' ;;
        'data concat') subs='' opts='--input-format --config --split --all-text --skip-bad --bad -o,--output --overwrite --fill -f,--format -q,--quiet -v,--verbose --debug --help' ;;
        'data mix') subs='' opts='--input-format --config --split --all-text --skip-bad --bad -o,--output --overwrite --weights --stop --seed -f,--format -q,--quiet -v,--verbose --debug --help' ;;
        'data dedup') subs='' opts='--input-format --config --split --all-text --skip-bad --bad -o,--output --overwrite --by --near --shingle --engine --ray-address -f,--format -q,--quiet -v,--verbose --debug --help' ;;
        'data format') subs='' opts='--input-format --config --split --all-text --skip-bad --bad -o,--output --overwrite --to --tok --keep -f,--format -q,--quiet -v,--verbose --debug --help' ;;
        'data convert') subs='' opts='--input-format --config --split --all-text --skip-bad --bad -o,--output --to --shards --max-shard-size --compression --row-group-size --overwrite --engine --ray-address -f,--format -q,--quiet -v,--verbose --debug --help' ;;
        'data view') subs='' opts='--input-format --config --split --theme -q,--quiet -v,--verbose --debug --help' ;;
        'data get') subs='' opts='--config --split -o,--output --overwrite -n,--dry-run -f,--format --progress -q,--quiet -v,--verbose --debug --help' ;;
        'data put') subs='' opts='--split --config --max-shard-size --private,--public -m,--message --input-format --all-text --skip-bad --bad -n,--dry-run -f,--format --progress -q,--quiet -v,--verbose --debug --help' ;;
        tok) subs='train encode decode count chunk pack chat add info vocab diff bench convert' opts=--help ;;
        'tok train') subs='' opts='-o,--output --vocab-size *--special --min-frequency --limit-alphabet --lowercase --column --input-format --config --split --skip-bad --overwrite -f,--format --progress -q,--quiet -v,--verbose --debug --help' ;;
        'tok encode') subs='' opts='-m,--model --column --tokens --offsets --special,--no-special --chat --generation-prompt --max-length --keep --engine --input-format --config --split --skip-bad -f,--format -q,--quiet -v,--verbose --debug --help' ;;
        'tok decode') subs='' opts='-m,--model --column --special,--no-special --keep --input-format --config --split --skip-bad -f,--format -q,--quiet -v,--verbose --debug --help' ;;
        'tok count') subs='' opts='-m,--model --column --each --special,--no-special --engine --input-format --config --split --skip-bad -f,--format -q,--quiet -v,--verbose --debug --help' ;;
        'tok chunk') subs='' opts='-m,--model --size --overlap --by --splitter --language --column --keep --input-format --config --split --skip-bad -f,--format -q,--quiet -v,--verbose --debug --help' ;;
        'tok pack') subs='' opts='-m,--model -o,--output --length --file-type --end --no-end --special,--no-special --tail --shard-tokens --column --engine --input-format --config --split --skip-bad --overwrite -f,--format --progress -q,--quiet -v,--verbose --debug --help' ;;
        'tok chat') subs='' opts='-m,--model --column --generation-prompt --ids --keep --engine --input-format --config --split --skip-bad -f,--format -q,--quiet -v,--verbose --debug --help' ;;
        'tok add') subs='' opts='-o,--output *--special --overwrite -f,--format -q,--quiet -v,--verbose --debug --help' ;;
        'tok info') subs='' opts='-f,--format -q,--quiet -v,--verbose --debug --help' ;;
        'tok vocab') subs='' opts='--grep -i,--ignore-case --added -f,--format -q,--quiet -v,--verbose --debug --help' ;;
        'tok diff') subs='' opts='--sample --column --limit --exit-code -f,--format -q,--quiet -v,--verbose --debug --help' ;;
        'tok bench') subs='' opts='-m,--model --column --megabytes --rounds --input-format --config --split --skip-bad -f,--format --progress -q,--quiet -v,--verbose --debug --help' ;;
        'tok convert') subs='' opts='-o,--output --pattern *--special --sample --column --allow-differences --overwrite -f,--format -q,--quiet -v,--verbose --debug --help' ;;
        train) subs='sft dpo kto reward grpo rloo distill clm mlm seq2seq classify tag image audio launch sbatch run sweep init schema validate plan ls show logs attach compare plot stop resume push note rm' opts=--help ;;
        'train sft') subs='' opts='--name --resume --chat-template --max-length --assistant-only-loss,--no-assistant-only-loss --config --split *--eval-data --eval-split *--column --max-samples --peft *--peft-set --load-in --learning-rate --num-train-epochs --max-steps --per-device-train-batch-size --gradient-accumulation-steps --gradient-checkpointing --warmup-steps --lr-scheduler-type --weight-decay --save-steps --keep --logging-steps --eval-steps --seed --skip-bad --device --launch --gpus --nproc --nodes --zero --offload --fsdp --max-restarts --dtype --report-to --hub-strategy *--set -d,--detach *--after *--after-any --when-free --retries --notify --push --private,--public -n,--dry-run -f,--format --progress -q,--quiet -v,--verbose --debug --help' ;;
        'train dpo') subs='' opts='--name --resume --chat-template --max-length --beta --loss-type --config --split *--eval-data --eval-split *--column --max-samples --peft *--peft-set --load-in --learning-rate --num-train-epochs --max-steps --per-device-train-batch-size --gradient-accumulation-steps --gradient-checkpointing --warmup-steps --lr-scheduler-type --weight-decay --save-steps --keep --logging-steps --eval-steps --seed --skip-bad --device --launch --gpus --nproc --nodes --zero --offload --fsdp --max-restarts --dtype --report-to --hub-strategy *--set -d,--detach *--after *--after-any --when-free --retries --notify --push --private,--public -n,--dry-run -f,--format --progress -q,--quiet -v,--verbose --debug --help' ;;
        'train kto') subs='' opts='--name --resume --chat-template --max-length --beta --desirable-weight --undesirable-weight --loss-type --config --split *--eval-data --eval-split *--column --max-samples --peft *--peft-set --load-in --learning-rate --num-train-epochs --max-steps --per-device-train-batch-size --gradient-accumulation-steps --gradient-checkpointing --warmup-steps --lr-scheduler-type --weight-decay --save-steps --keep --logging-steps --eval-steps --seed --skip-bad --device --launch --gpus --nproc --nodes --zero --offload --fsdp --max-restarts --dtype --report-to --hub-strategy *--set -d,--detach *--after *--after-any --when-free --retries --notify --push --private,--public -n,--dry-run -f,--format --progress -q,--quiet -v,--verbose --debug --help' ;;
        'train reward') subs='' opts='--name --resume --chat-template --max-length --center-rewards-coefficient --config --split *--eval-data --eval-split *--column --max-samples --peft *--peft-set --load-in --learning-rate --num-train-epochs --max-steps --per-device-train-batch-size --gradient-accumulation-steps --gradient-checkpointing --warmup-steps --lr-scheduler-type --weight-decay --save-steps --keep --logging-steps --eval-steps --seed --skip-bad --device --launch --gpus --nproc --nodes --zero --offload --fsdp --max-restarts --dtype --report-to --hub-strategy *--set -d,--detach *--after *--after-any --when-free --retries --notify --push --private,--public -n,--dry-run -f,--format --progress -q,--quiet -v,--verbose --debug --help' ;;
        'train grpo') subs='' opts='--name --resume --chat-template --max-completion-length --temperature *--reward *--reward-weight --num-generations --beta --config --split *--eval-data --eval-split *--column --max-samples --peft *--peft-set --load-in --learning-rate --num-train-epochs --max-steps --per-device-train-batch-size --gradient-accumulation-steps --gradient-checkpointing --warmup-steps --lr-scheduler-type --weight-decay --save-steps --keep --logging-steps --eval-steps --seed --skip-bad --device --launch --gpus --nproc --nodes --zero --offload --fsdp --max-restarts --dtype --report-to --hub-strategy *--set -d,--detach *--after *--after-any --when-free --retries --notify --push --private,--public -n,--dry-run -f,--format --progress -q,--quiet -v,--verbose --debug --help' ;;
        'train rloo') subs='' opts='--name --resume --chat-template --max-completion-length --temperature *--reward *--reward-weight --num-generations --beta --config --split *--eval-data --eval-split *--column --max-samples --peft *--peft-set --load-in --learning-rate --num-train-epochs --max-steps --per-device-train-batch-size --gradient-accumulation-steps --gradient-checkpointing --warmup-steps --lr-scheduler-type --weight-decay --save-steps --keep --logging-steps --eval-steps --seed --skip-bad --device --launch --gpus --nproc --nodes --zero --offload --fsdp --max-restarts --dtype --report-to --hub-strategy *--set -d,--detach *--after *--after-any --when-free --retries --notify --push --private,--public -n,--dry-run -f,--format --progress -q,--quiet -v,--verbose --debug --help' ;;
        'train distill') subs='' opts='--name --resume --chat-template --max-completion-length --temperature --teacher --beta --config --split *--eval-data --eval-split *--column --max-samples --peft *--peft-set --load-in --learning-rate --num-train-epochs --max-steps --per-device-train-batch-size --gradient-accumulation-steps --gradient-checkpointing --warmup-steps --lr-scheduler-type --weight-decay --save-steps --keep --logging-steps --eval-steps --seed --skip-bad --device --launch --gpus --nproc --nodes --zero --offload --fsdp --max-restarts --dtype --report-to --hub-strategy *--set -d,--detach *--after *--after-any --when-free --retries --notify --push --private,--public -n,--dry-run -f,--format --progress -q,--quiet -v,--verbose --debug --help' ;;
        'train clm') subs='' opts='--name --resume --from-scratch --max-length --config --split *--eval-data --eval-split *--column --max-samples --peft *--peft-set --load-in --learning-rate --num-train-epochs --max-steps --per-device-train-batch-size --gradient-accumulation-steps --gradient-checkpointing --warmup-steps --lr-scheduler-type --weight-decay --save-steps --keep --logging-steps --eval-steps --seed --skip-bad --device --launch --gpus --nproc --nodes --zero --offload --fsdp --max-restarts --dtype --report-to --hub-strategy *--set -d,--detach *--after *--after-any --when-free --retries --notify --push --private,--public -n,--dry-run -f,--format --progress -q,--quiet -v,--verbose --debug --help' ;;
        'train mlm') subs='' opts='--name --resume --from-scratch --max-length --mlm-probability --whole-words --config --split *--eval-data --eval-split *--column --max-samples --peft *--peft-set --load-in --learning-rate --num-train-epochs --max-steps --per-device-train-batch-size --gradient-accumulation-steps --gradient-checkpointing --warmup-steps --lr-scheduler-type --weight-decay --save-steps --keep --logging-steps --eval-steps --seed --skip-bad --device --launch --gpus --nproc --nodes --zero --offload --fsdp --max-restarts --dtype --report-to --hub-strategy *--set -d,--detach *--after *--after-any --when-free --retries --notify --push --private,--public -n,--dry-run -f,--format --progress -q,--quiet -v,--verbose --debug --help' ;;
        'train seq2seq') subs='' opts='--name --resume --from-scratch --metric --max-length --max-target-length --source-prefix --config --split *--eval-data --eval-split *--column --max-samples --peft *--peft-set --load-in --learning-rate --num-train-epochs --max-steps --per-device-train-batch-size --gradient-accumulation-steps --gradient-checkpointing --warmup-steps --lr-scheduler-type --weight-decay --save-steps --keep --logging-steps --eval-steps --seed --skip-bad --device --launch --gpus --nproc --nodes --zero --offload --fsdp --max-restarts --dtype --report-to --hub-strategy *--set -d,--detach *--after *--after-any --when-free --retries --notify --push --private,--public -n,--dry-run -f,--format --progress -q,--quiet -v,--verbose --debug --help' ;;
        'train classify') subs='' opts='--name --resume --from-scratch --metric --max-length --problem-type --config --split *--eval-data --eval-split *--column --max-samples --peft *--peft-set --load-in --learning-rate --num-train-epochs --max-steps --per-device-train-batch-size --gradient-accumulation-steps --gradient-checkpointing --warmup-steps --lr-scheduler-type --weight-decay --save-steps --keep --logging-steps --eval-steps --seed --skip-bad --device --launch --gpus --nproc --nodes --zero --offload --fsdp --max-restarts --dtype --report-to --hub-strategy *--set -d,--detach *--after *--after-any --when-free --retries --notify --push --private,--public -n,--dry-run -f,--format --progress -q,--quiet -v,--verbose --debug --help' ;;
        'train tag') subs='' opts='--name --resume --from-scratch --metric --max-length --config --split *--eval-data --eval-split *--column --max-samples --peft *--peft-set --load-in --learning-rate --num-train-epochs --max-steps --per-device-train-batch-size --gradient-accumulation-steps --gradient-checkpointing --warmup-steps --lr-scheduler-type --weight-decay --save-steps --keep --logging-steps --eval-steps --seed --skip-bad --device --launch --gpus --nproc --nodes --zero --offload --fsdp --max-restarts --dtype --report-to --hub-strategy *--set -d,--detach *--after *--after-any --when-free --retries --notify --push --private,--public -n,--dry-run -f,--format --progress -q,--quiet -v,--verbose --debug --help' ;;
        'train image') subs='' opts='--name --resume --from-scratch --metric --augment --config --split *--eval-data --eval-split *--column --max-samples --peft *--peft-set --load-in --learning-rate --num-train-epochs --max-steps --per-device-train-batch-size --gradient-accumulation-steps --gradient-checkpointing --warmup-steps --lr-scheduler-type --weight-decay --save-steps --keep --logging-steps --eval-steps --seed --skip-bad --device --launch --gpus --nproc --nodes --zero --offload --fsdp --max-restarts --dtype --report-to --hub-strategy *--set -d,--detach *--after *--after-any --when-free --retries --notify --push --private,--public -n,--dry-run -f,--format --progress -q,--quiet -v,--verbose --debug --help' ;;
        'train audio') subs='' opts='--name --resume --from-scratch --metric --max-seconds --config --split *--eval-data --eval-split *--column --max-samples --peft *--peft-set --load-in --learning-rate --num-train-epochs --max-steps --per-device-train-batch-size --gradient-accumulation-steps --gradient-checkpointing --warmup-steps --lr-scheduler-type --weight-decay --save-steps --keep --logging-steps --eval-steps --seed --skip-bad --device --launch --gpus --nproc --nodes --zero --offload --fsdp --max-restarts --dtype --report-to --hub-strategy *--set -d,--detach *--after *--after-any --when-free --retries --notify --push --private,--public -n,--dry-run -f,--format --progress -q,--quiet -v,--verbose --debug --help' ;;
        'train launch') subs='' opts='-m,--module --nproc --gpus --nodes --nnodes --node-rank --rdzv --mixed-precision --zero --offload --fsdp --max-restarts --config --log-dir --name -d,--detach *--after *--after-any --when-free --retries --notify -n,--dry-run -f,--format -q,--quiet -v,--verbose --debug --help' ;;
        'train sbatch') subs='' opts='--nodes --gpus --cpus --mem --time --partition --account --job-name --before --no-requeue *--set *--setup -o,--output --overwrite -q,--quiet -v,--verbose --debug --help' ;;
        'train run') subs='' opts='*--set --name --resume -d,--detach *--after *--after-any --when-free --retries --notify --push --private,--public -n,--dry-run -f,--format --progress -q,--quiet -v,--verbose --debug --help' ;;
        'train sweep') subs='' opts='*--grid *--set --name --random --sort -d,--detach *--after *--after-any --when-free --retries --notify --push --private,--public -n,--dry-run -f,--format --progress -q,--quiet -v,--verbose --debug --help' ;;
        'train init') subs='' opts='-o,--output --toml -f,--format -q,--quiet -v,--verbose --debug --help' ;;
        'train schema') subs='' opts='-a,--all --search -f,--format -q,--quiet -v,--verbose --debug --help' ;;
        'train validate') subs='' opts='-f,--format -q,--quiet -v,--verbose --debug --help' ;;
        'train plan') subs='' opts='*--set --gpus --host --fit -f,--format -q,--quiet -v,--verbose --debug --help' ;;
        'train ls') subs='' opts='-f,--format -q,--quiet -v,--verbose --debug --help' ;;
        'train show') subs='' opts='-f,--format -q,--quiet -v,--verbose --debug --help' ;;
        'train logs') subs='' opts='-F,--follow --events -n,--lines -f,--format -q,--quiet -v,--verbose --debug --help' ;;
        'train attach') subs='' opts='-n,--lines -f,--format --progress -q,--quiet -v,--verbose --debug --help' ;;
        'train compare') subs='' opts='--all -f,--format -q,--quiet -v,--verbose --debug --help' ;;
        'train plot') subs='' opts='*--metric --log-y --smooth --from --to -F,--follow --ascii --width --height -f,--format -q,--quiet -v,--verbose --debug --help' ;;
        'train stop') subs='' opts='--grace --kill -n,--dry-run -f,--format -q,--quiet -v,--verbose --debug --help' ;;
        'train resume') subs='' opts='-F,--follow --changed-reward -d,--detach *--after *--after-any --when-free --retries --notify --push --private,--public -f,--format -q,--quiet -v,--verbose --debug --help' ;;
        'train push') subs='' opts='--checkpoint --private,--public -m,--message --card -n,--dry-run -f,--format --progress -q,--quiet -v,--verbose --debug --help' ;;
        'train note') subs='' opts='--clear -f,--format -q,--quiet -v,--verbose --debug --help' ;;
        'train rm') subs='' opts='-y,--yes -n,--dry-run -f,--format -q,--quiet -v,--verbose --debug --help' ;;
        peft) subs='methods params plan info convert merge unload combine diff rescale extract add' opts=--help ;;
        'peft methods') subs='' opts='--try -f,--format -q,--quiet -v,--verbose --debug --help' ;;
        'peft params') subs='' opts='--peft *--peft-set --task --each -f,--format -q,--quiet -v,--verbose --debug --help' ;;
        'peft plan') subs='' opts='--recipe *--peft *--peft-set --all --batch --max-length --gradient-checkpointing --gpus --host --fit -f,--format -q,--quiet -v,--verbose --debug --help' ;;
        'peft info') subs='' opts='--base --layers --each --load --allow-pickle -f,--format --progress -q,--quiet -v,--verbose --debug --help' ;;
        'peft convert') subs='' opts='--to -o,--output --base --dtype --part --verify --allow-pickle --overwrite -f,--format --progress -q,--quiet -v,--verbose --debug --help' ;;
        'peft merge') subs='' opts='-o,--output --base --dtype --max-shard-size --verify --allow-pickle --device --overwrite -f,--format --progress -q,--quiet -v,--verbose --debug --help' ;;
        'peft unload') subs='' opts='--adapter --base -o,--output --max-shard-size --overwrite -f,--format --progress -q,--quiet -v,--verbose --debug --help' ;;
        'peft combine') subs='' opts='-o,--output --how --density --rank --majority-sign-method --seed --base -n,--dry-run --overwrite -f,--format -q,--quiet -v,--verbose --debug --help' ;;
        'peft diff') subs='' opts='--limit --exit-code -f,--format --progress -q,--quiet -v,--verbose --debug --help' ;;
        'peft rescale') subs='' opts='-o,--output --scale --alpha --rank -n,--dry-run --overwrite -f,--format -q,--quiet -v,--verbose --debug --help' ;;
        'peft extract') subs='' opts='-o,--output --rank --targets --save-modules --no-check -n,--dry-run --overwrite -f,--format --progress -q,--quiet -v,--verbose --debug --help' ;;
        'peft add') subs='' opts='-o,--output --peft *--peft-set --task --seed -n,--dry-run --overwrite -f,--format -q,--quiet -v,--verbose --debug --help' ;;
        chat) subs='' opts='-p,--prompt --system --max-new-tokens --temperature --top-p --seed --device --url -c,--continue --session --no-save --list --search -n,--limit --export -o,--output --delete -y,--yes -f,--format -q,--quiet -v,--verbose --debug --help' ;;
        mem) subs='' opts='--for --task --peft *--peft-set --per-device-train-batch-size,--batch --max-length --target-length --gradient-accumulation-steps --dtype --mixed,--no-mixed --gradient-checkpointing --attn --optim --no-foreach --load-in --zero --fsdp --offload --gpus --host --fit -f,--format -q,--quiet -v,--verbose --debug --help' ;;
        eval) subs='' opts='*--metric --list --prediction --reference --against --average --positive --input-format --skip-bad --model --task --batch-size --max-length --split --device -f,--format --progress -q,--quiet -v,--verbose --debug --help' ;;
        demo) subs='' opts='--data --ask *--expect --steps --fresh -n,--dry-run --device -f,--format --progress -q,--quiet -v,--verbose --debug --help' ;;
        ui) subs='' opts='--screen --demo --readonly --mouse,--no-mouse --glyphs --theme --interval --keymap --keys -f,--format -q,--quiet -v,--verbose --debug --help' ;;
        gpu) subs='procs wait' opts='-w,--watch --count -f,--format -q,--quiet -v,--verbose --debug --help' ;;
        'gpu procs') subs='' opts='-f,--format -q,--quiet -v,--verbose --debug --help' ;;
        'gpu wait') subs='' opts='--free --gpus --util-below --timeout --interval --uuid -f,--format -q,--quiet -v,--verbose --debug --help' ;;
        doctor) subs='' opts='--offline *--only -f,--format -q,--quiet -v,--verbose --debug --help' ;;
        config) subs='ls get set edit path' opts=--help ;;
        'config ls') subs='' opts='-a,--all -f,--format -q,--quiet -v,--verbose --debug --help' ;;
        'config get') subs='' opts='-f,--format -q,--quiet -v,--verbose --debug --help' ;;
        'config set') subs='' opts='--unset --project -f,--format -q,--quiet -v,--verbose --debug --help' ;;
        'config edit') subs='' opts='--project -q,--quiet -v,--verbose --debug --help' ;;
        'config path') subs='' opts='--project -q,--quiet -v,--verbose --debug --help' ;;
        completion) subs='' opts='--install -n,--dry-run -q,--quiet -v,--verbose --debug --help' ;;
        help) subs='exit-codes formats environment references hub data tok train peft chat mem eval demo ui gpu doctor config completion help' opts='-q,--quiet -v,--verbose --debug --help' ;;
        'help hub') subs='search info card ls cat inspect get put rm create move branch tag diff cache login logout whoami token share' opts='' ;;
        'help hub search') subs='' opts='' ;;
        'help hub info') subs='' opts='' ;;
        'help hub card') subs='' opts='' ;;
        'help hub ls') subs='' opts='' ;;
        'help hub cat') subs='' opts='' ;;
        'help hub inspect') subs='' opts='' ;;
        'help hub get') subs='' opts='' ;;
        'help hub put') subs='' opts='' ;;
        'help hub rm') subs='' opts='' ;;
        'help hub create') subs='' opts='' ;;
        'help hub move') subs='' opts='' ;;
        'help hub branch') subs='' opts='' ;;
        'help hub tag') subs='' opts='' ;;
        'help hub diff') subs='' opts='' ;;
        'help hub cache') subs='ls du rm prune verify import' opts='' ;;
        'help hub cache ls') subs='' opts='' ;;
        'help hub cache du') subs='' opts='' ;;
        'help hub cache rm') subs='' opts='' ;;
        'help hub cache prune') subs='' opts='' ;;
        'help hub cache verify') subs='' opts='' ;;
        'help hub cache import') subs='' opts='' ;;
        'help hub login') subs='' opts='' ;;
        'help hub logout') subs='' opts='' ;;
        'help hub whoami') subs='' opts='' ;;
        'help hub token') subs='use print' opts='' ;;
        'help hub token use') subs='' opts='' ;;
        'help hub token print') subs='' opts='' ;;
        'help hub share') subs='' opts='' ;;
        'help data') subs='head tail sample cat schema count info stats validate filter select map sql sort shuffle split concat mix dedup format convert view get put' opts='' ;;
        'help data head') subs='' opts='' ;;
        'help data tail') subs='' opts='' ;;
        'help data sample') subs='' opts='' ;;
        'help data cat') subs='' opts='' ;;
        'help data schema') subs='' opts='' ;;
        'help data count') subs='' opts='' ;;
        'help data info') subs='' opts='' ;;
        'help data stats') subs='' opts='' ;;
        'help data validate') subs='' opts='' ;;
        'help data filter') subs='' opts='' ;;
        'help data select') subs='' opts='' ;;
        'help data map') subs='' opts='' ;;
        'help data sql') subs='' opts='' ;;
        'help data sort') subs='' opts='' ;;
        'help data shuffle') subs='' opts='' ;;
        'help data split') subs='' opts='' ;;
        'help data concat') subs='' opts='' ;;
        'help data mix') subs='' opts='' ;;
        'help data dedup') subs='' opts='' ;;
        'help data format') subs='' opts='' ;;
        'help data convert') subs='' opts='' ;;
        'help data view') subs='' opts='' ;;
        'help data get') subs='' opts='' ;;
        'help data put') subs='' opts='' ;;
        'help tok') subs='train encode decode count chunk pack chat add info vocab diff bench convert' opts='' ;;
        'help tok train') subs='' opts='' ;;
        'help tok encode') subs='' opts='' ;;
        'help tok decode') subs='' opts='' ;;
        'help tok count') subs='' opts='' ;;
        'help tok chunk') subs='' opts='' ;;
        'help tok pack') subs='' opts='' ;;
        'help tok chat') subs='' opts='' ;;
        'help tok add') subs='' opts='' ;;
        'help tok info') subs='' opts='' ;;
        'help tok vocab') subs='' opts='' ;;
        'help tok diff') subs='' opts='' ;;
        'help tok bench') subs='' opts='' ;;
        'help tok convert') subs='' opts='' ;;
        'help train') subs='sft dpo kto reward grpo rloo distill clm mlm seq2seq classify tag image audio launch sbatch run sweep init schema validate plan ls show logs attach compare plot stop resume push note rm' opts='' ;;
        'help train sft') subs='' opts='' ;;
        'help train dpo') subs='' opts='' ;;
        'help train kto') subs='' opts='' ;;
        'help train reward') subs='' opts='' ;;
        'help train grpo') subs='' opts='' ;;
        'help train rloo') subs='' opts='' ;;
        'help train distill') subs='' opts='' ;;
        'help train clm') subs='' opts='' ;;
        'help train mlm') subs='' opts='' ;;
        'help train seq2seq') subs='' opts='' ;;
        'help train classify') subs='' opts='' ;;
        'help train tag') subs='' opts='' ;;
        'help train image') subs='' opts='' ;;
        'help train audio') subs='' opts='' ;;
        'help train launch') subs='' opts='' ;;
        'help train sbatch') subs='' opts='' ;;
        'help train run') subs='' opts='' ;;
        'help train sweep') subs='' opts='' ;;
        'help train init') subs='' opts='' ;;
        'help train schema') subs='' opts='' ;;
        'help train validate') subs='' opts='' ;;
        'help train plan') subs='' opts='' ;;
        'help train ls') subs='' opts='' ;;
        'help train show') subs='' opts='' ;;
        'help train logs') subs='' opts='' ;;
        'help train attach') subs='' opts='' ;;
        'help train compare') subs='' opts='' ;;
        'help train plot') subs='' opts='' ;;
        'help train stop') subs='' opts='' ;;
        'help train resume') subs='' opts='' ;;
        'help train push') subs='' opts='' ;;
        'help train note') subs='' opts='' ;;
        'help train rm') subs='' opts='' ;;
        'help peft') subs='methods params plan info convert merge unload combine diff rescale extract add' opts='' ;;
        'help peft methods') subs='' opts='' ;;
        'help peft params') subs='' opts='' ;;
        'help peft plan') subs='' opts='' ;;
        'help peft info') subs='' opts='' ;;
        'help peft convert') subs='' opts='' ;;
        'help peft merge') subs='' opts='' ;;
        'help peft unload') subs='' opts='' ;;
        'help peft combine') subs='' opts='' ;;
        'help peft diff') subs='' opts='' ;;
        'help peft rescale') subs='' opts='' ;;
        'help peft extract') subs='' opts='' ;;
        'help peft add') subs='' opts='' ;;
        'help chat') subs='' opts='' ;;
        'help mem') subs='' opts='' ;;
        'help eval') subs='' opts='' ;;
        'help demo') subs='' opts='' ;;
        'help ui') subs='' opts='' ;;
        'help gpu') subs='procs wait' opts='' ;;
        'help gpu procs') subs='' opts='' ;;
        'help gpu wait') subs='' opts='' ;;
        'help doctor') subs='' opts='' ;;
        'help config') subs='ls get set edit path' opts='' ;;
        'help config ls') subs='' opts='' ;;
        'help config get') subs='' opts='' ;;
        'help config set') subs='' opts='' ;;
        'help config edit') subs='' opts='' ;;
        'help config path') subs='' opts='' ;;
        'help completion') subs='' opts='' ;;
        'help help') subs='exit-codes formats environment references hub data tok train peft chat mem eval demo ui gpu doctor config completion help' opts='' ;;
        'help exit-codes') subs='' opts='' ;;
        'help formats') subs='' opts='' ;;
        'help environment') subs='' opts='' ;;
        'help references') subs='' opts='' ;;
    esac
}

# What option $2 of command $1 takes: count words of a kind; a flag takes none.
_hfterm_option() {
    kind='' choices='' count=0
    case $1 in
        'hub search') case $2 in
            -t|--type) count=1 kind=choice choices='model|dataset|space' ;;
            --author) count=1 kind=any ;;
            --filter) count=1 kind=any ;;
            --task) count=1 kind=any ;;
            --params) count=1 kind=any ;;
            --sort) count=1 kind=choice choices='trending_score|downloads|likes|last_modified|created_at' ;;
            -n|--limit) count=1 kind=any ;;
            -f|--format) count=1 kind=choice choices='table|jsonl|json|csv|tsv|yaml|quiet' ;;
        esac ;;
        'hub info') case $2 in
            -t|--type) count=1 kind=choice choices='model|dataset|space' ;;
            -r|--revision) count=1 kind=any ;;
            -f|--format) count=1 kind=choice choices='table|jsonl|json|csv|tsv|yaml|quiet' ;;
        esac ;;
        'hub card') case $2 in
            -t|--type) count=1 kind=choice choices='model|dataset|space' ;;
            -r|--revision) count=1 kind=any ;;
            -f|--format) count=1 kind=choice choices='table|jsonl|json|csv|tsv|yaml|quiet' ;;
        esac ;;
        'hub ls') case $2 in
            -t|--type) count=1 kind=choice choices='model|dataset|space' ;;
            -r|--revision) count=1 kind=any ;;
            -f|--format) count=1 kind=choice choices='table|jsonl|json|csv|tsv|yaml|quiet' ;;
        esac ;;
        'hub cat') case $2 in
            -t|--type) count=1 kind=choice choices='model|dataset|space' ;;
            -r|--revision) count=1 kind=any ;;
            --range) count=1 kind=any ;;
        esac ;;
        'hub inspect') case $2 in
            -t|--type) count=1 kind=choice choices='model|dataset|space' ;;
            -r|--revision) count=1 kind=any ;;
            --file) count=1 kind=repofiles ;;
            --depth) count=1 kind=any ;;
            --filter) count=1 kind=any ;;
            -f|--format) count=1 kind=choice choices='table|jsonl|json|csv|tsv|yaml|quiet' ;;
        esac ;;
        'hub get') case $2 in
            -t|--type) count=1 kind=choice choices='model|dataset|space' ;;
            -r|--revision) count=1 kind=any ;;
            --include) count=1 kind=any ;;
            --exclude) count=1 kind=any ;;
            --to) count=1 kind=folders ;;
            --workers) count=1 kind=any ;;
            --connections) count=1 kind=any ;;
            --stall-timeout) count=1 kind=any ;;
            --retries) count=1 kind=any ;;
            -f|--format) count=1 kind=choice choices='table|jsonl|json|csv|tsv|yaml|quiet' ;;
            --progress) count=1 kind=choice choices='auto|bar|plain|jsonl|none' ;;
        esac ;;
        'hub put') case $2 in
            -t|--type) count=1 kind=choice choices='model|dataset|space' ;;
            -r|--revision) count=1 kind=any ;;
            --to) count=1 kind=repofiles ;;
            --include) count=1 kind=any ;;
            --exclude) count=1 kind=any ;;
            --delete) count=1 kind=any ;;
            --sdk) count=1 kind=choice choices='static|gradio|docker' ;;
            -j|--jobs) count=1 kind=any ;;
            -m|--message) count=1 kind=any ;;
            --description) count=1 kind=any ;;
            --parent) count=1 kind=any ;;
            -f|--format) count=1 kind=choice choices='table|jsonl|json|csv|tsv|yaml|quiet' ;;
            --progress) count=1 kind=choice choices='auto|bar|plain|jsonl|none' ;;
        esac ;;
        'hub rm') case $2 in
            -t|--type) count=1 kind=choice choices='model|dataset|space' ;;
            -r|--revision) count=1 kind=any ;;
            -m|--message) count=1 kind=any ;;
            --description) count=1 kind=any ;;
            --parent) count=1 kind=any ;;
            -f|--format) count=1 kind=choice choices='table|jsonl|json|csv|tsv|yaml|quiet' ;;
        esac ;;
        'hub create') case $2 in
            -t|--type) count=1 kind=choice choices='model|dataset|space' ;;
            --sdk) count=1 kind=choice choices='static|gradio|docker' ;;
            -f|--format) count=1 kind=choice choices='table|jsonl|json|csv|tsv|yaml|quiet' ;;
        esac ;;
        'hub move') case $2 in
            -t|--type) count=1 kind=choice choices='model|dataset|space' ;;
            -f|--format) count=1 kind=choice choices='table|jsonl|json|csv|tsv|yaml|quiet' ;;
        esac ;;
        'hub branch') case $2 in
            -t|--type) count=1 kind=choice choices='model|dataset|space' ;;
            --from) count=1 kind=any ;;
            -f|--format) count=1 kind=choice choices='table|jsonl|json|csv|tsv|yaml|quiet' ;;
        esac ;;
        'hub tag') case $2 in
            -t|--type) count=1 kind=choice choices='model|dataset|space' ;;
            --from) count=1 kind=any ;;
            -m|--message) count=1 kind=any ;;
            -f|--format) count=1 kind=choice choices='table|jsonl|json|csv|tsv|yaml|quiet' ;;
        esac ;;
        'hub diff') case $2 in
            -t|--type) count=1 kind=choice choices='model|dataset|space' ;;
            --include) count=1 kind=any ;;
            --exclude) count=1 kind=any ;;
            -f|--format) count=1 kind=choice choices='table|jsonl|json|csv|tsv|yaml|quiet' ;;
            --progress) count=1 kind=choice choices='auto|bar|plain|jsonl|none' ;;
        esac ;;
        'hub cache ls') case $2 in
            -t|--type) count=1 kind=choice choices='model|dataset|space|kernel' ;;
            --sort) count=1 kind=choice choices='name|size|used|modified|files|incomplete' ;;
            -n|--limit) count=1 kind=any ;;
            -f|--format) count=1 kind=choice choices='table|jsonl|json|csv|tsv|yaml|quiet' ;;
        esac ;;
        'hub cache du') case $2 in
            --older) count=1 kind=any ;;
            -f|--format) count=1 kind=choice choices='table|jsonl|json|csv|tsv|yaml|quiet' ;;
        esac ;;
        'hub cache rm') case $2 in
            -t|--type) count=1 kind=choice choices='model|dataset|space|kernel' ;;
            -f|--format) count=1 kind=choice choices='table|jsonl|json|csv|tsv|yaml|quiet' ;;
        esac ;;
        'hub cache prune') case $2 in
            --older) count=1 kind=any ;;
            -f|--format) count=1 kind=choice choices='table|jsonl|json|csv|tsv|yaml|quiet' ;;
        esac ;;
        'hub cache verify') case $2 in
            -t|--type) count=1 kind=choice choices='model|dataset|space|kernel' ;;
            -f|--format) count=1 kind=choice choices='table|jsonl|json|csv|tsv|yaml|quiet' ;;
            --progress) count=1 kind=choice choices='auto|bar|plain|jsonl|none' ;;
        esac ;;
        'hub cache import') case $2 in
            --as) count=1 kind=repos ;;
            -t|--type) count=1 kind=choice choices='model|dataset|space' ;;
            -r|--revision) count=1 kind=any ;;
            -f|--format) count=1 kind=choice choices='table|jsonl|json|csv|tsv|yaml|quiet' ;;
            --progress) count=1 kind=choice choices='auto|bar|plain|jsonl|none' ;;
        esac ;;
        'hub login') case $2 in
            --name) count=1 kind=any ;;
            -f|--format) count=1 kind=choice choices='table|jsonl|json|csv|tsv|yaml|quiet' ;;
        esac ;;
        'hub logout') case $2 in
            -f|--format) count=1 kind=choice choices='table|jsonl|json|csv|tsv|yaml|quiet' ;;
        esac ;;
        'hub whoami') case $2 in
            -f|--format) count=1 kind=choice choices='table|jsonl|json|csv|tsv|yaml|quiet' ;;
        esac ;;
        'hub token') case $2 in
            -f|--format) count=1 kind=choice choices='table|jsonl|json|csv|tsv|yaml|quiet' ;;
        esac ;;
        'hub share') case $2 in
            --dir) count=1 kind=folders ;;
            --host) count=1 kind=any ;;
            --port) count=1 kind=any ;;
            --token-file) count=1 kind=files ;;
            -f|--format) count=1 kind=choice choices='table|jsonl|json|csv|tsv|yaml|quiet' ;;
        esac ;;
        'data head') case $2 in
            --input-format) count=1 kind=choice choices='jsonl|json|csv|tsv|text|parquet|arrow|images|audio|webdataset' ;;
            --config) count=1 kind=any ;;
            --split) count=1 kind=any ;;
            --bad) count=1 kind=files ;;
            -o|--output) count=1 kind=files ;;
            -n|--count) count=1 kind=any ;;
            -f|--format) count=1 kind=choice choices='table|jsonl|json|csv|tsv|yaml|quiet' ;;
        esac ;;
        'data tail') case $2 in
            --input-format) count=1 kind=choice choices='jsonl|json|csv|tsv|text|parquet|arrow|images|audio|webdataset' ;;
            --config) count=1 kind=any ;;
            --split) count=1 kind=any ;;
            --bad) count=1 kind=files ;;
            -o|--output) count=1 kind=files ;;
            -n|--count) count=1 kind=any ;;
            -f|--format) count=1 kind=choice choices='table|jsonl|json|csv|tsv|yaml|quiet' ;;
        esac ;;
        'data sample') case $2 in
            --input-format) count=1 kind=choice choices='jsonl|json|csv|tsv|text|parquet|arrow|images|audio|webdataset' ;;
            --config) count=1 kind=any ;;
            --split) count=1 kind=any ;;
            --bad) count=1 kind=files ;;
            -o|--output) count=1 kind=files ;;
            -n|--count) count=1 kind=any ;;
            --seed) count=1 kind=any ;;
            -f|--format) count=1 kind=choice choices='table|jsonl|json|csv|tsv|yaml|quiet' ;;
        esac ;;
        'data cat') case $2 in
            --input-format) count=1 kind=choice choices='jsonl|json|csv|tsv|text|parquet|arrow|images|audio|webdataset' ;;
            --config) count=1 kind=any ;;
            --split) count=1 kind=any ;;
            --bad) count=1 kind=files ;;
            -o|--output) count=1 kind=files ;;
            -f|--format) count=1 kind=choice choices='table|jsonl|json|csv|tsv|yaml|quiet' ;;
        esac ;;
        'data schema') case $2 in
            --input-format) count=1 kind=choice choices='jsonl|json|csv|tsv|text|parquet|arrow|images|audio|webdataset' ;;
            --config) count=1 kind=any ;;
            --split) count=1 kind=any ;;
            --bad) count=1 kind=files ;;
            -f|--format) count=1 kind=choice choices='table|jsonl|json|csv|tsv|yaml|quiet' ;;
        esac ;;
        'data count') case $2 in
            --input-format) count=1 kind=choice choices='jsonl|json|csv|tsv|text|parquet|arrow|images|audio|webdataset' ;;
            --config) count=1 kind=any ;;
            --split) count=1 kind=any ;;
            --bad) count=1 kind=files ;;
            -f|--format) count=1 kind=choice choices='table|jsonl|json|csv|tsv|yaml|quiet' ;;
        esac ;;
        'data info') case $2 in
            --input-format) count=1 kind=choice choices='jsonl|json|csv|tsv|text|parquet|arrow|images|audio|webdataset' ;;
            --config) count=1 kind=any ;;
            --split) count=1 kind=any ;;
            --bad) count=1 kind=files ;;
            -f|--format) count=1 kind=choice choices='table|jsonl|json|csv|tsv|yaml|quiet' ;;
        esac ;;
        'data stats') case $2 in
            --input-format) count=1 kind=choice choices='jsonl|json|csv|tsv|text|parquet|arrow|images|audio|webdataset' ;;
            --config) count=1 kind=any ;;
            --split) count=1 kind=any ;;
            --bad) count=1 kind=files ;;
            --columns) count=1 kind=any ;;
            --quantiles) count=1 kind=any ;;
            --tok) count=1 kind=models ;;
            -f|--format) count=1 kind=choice choices='table|jsonl|json|csv|tsv|yaml|quiet' ;;
        esac ;;
        'data validate') case $2 in
            --input-format) count=1 kind=choice choices='jsonl|json|csv|tsv|text|parquet|arrow|images|audio|webdataset' ;;
            --config) count=1 kind=any ;;
            --split) count=1 kind=any ;;
            --bad) count=1 kind=files ;;
            --for) count=1 kind=choice choices='sft|dpo|reward|kto|grpo|rloo|distill|clm|mlm|seq2seq|classify|tag' ;;
            --max-errors) count=1 kind=any ;;
            -f|--format) count=1 kind=choice choices='table|jsonl|json|csv|tsv|yaml|quiet' ;;
        esac ;;
        'data filter') case $2 in
            --input-format) count=1 kind=choice choices='jsonl|json|csv|tsv|text|parquet|arrow|images|audio|webdataset' ;;
            --config) count=1 kind=any ;;
            --split) count=1 kind=any ;;
            --bad) count=1 kind=files ;;
            -o|--output) count=1 kind=files ;;
            --py) count=1 kind=any ;;
            --batch-size) count=1 kind=any ;;
            --num-proc) count=1 kind=any ;;
            --engine) count=1 kind=choice choices='local|ray' ;;
            --ray-address) count=1 kind=any ;;
            -f|--format) count=1 kind=choice choices='table|jsonl|json|csv|tsv|yaml|quiet' ;;
        esac ;;
        'data select') case $2 in
            --input-format) count=1 kind=choice choices='jsonl|json|csv|tsv|text|parquet|arrow|images|audio|webdataset' ;;
            --config) count=1 kind=any ;;
            --split) count=1 kind=any ;;
            --bad) count=1 kind=files ;;
            -o|--output) count=1 kind=files ;;
            -f|--format) count=1 kind=choice choices='table|jsonl|json|csv|tsv|yaml|quiet' ;;
        esac ;;
        'data map') case $2 in
            --input-format) count=1 kind=choice choices='jsonl|json|csv|tsv|text|parquet|arrow|images|audio|webdataset' ;;
            --config) count=1 kind=any ;;
            --split) count=1 kind=any ;;
            --bad) count=1 kind=files ;;
            -o|--output) count=1 kind=files ;;
            --py) count=1 kind=any ;;
            --batch-size) count=1 kind=any ;;
            --num-proc) count=1 kind=any ;;
            --engine) count=1 kind=choice choices='local|ray' ;;
            --ray-address) count=1 kind=any ;;
            -f|--format) count=1 kind=choice choices='table|jsonl|json|csv|tsv|yaml|quiet' ;;
        esac ;;
        'data sql') case $2 in
            --input-format) count=1 kind=choice choices='jsonl|json|csv|tsv|text|parquet|arrow|images|audio|webdataset' ;;
            --config) count=1 kind=any ;;
            --split) count=1 kind=any ;;
            --bad) count=1 kind=files ;;
            -o|--output) count=1 kind=files ;;
            -f|--format) count=1 kind=choice choices='table|jsonl|json|csv|tsv|yaml|quiet' ;;
        esac ;;
        'data sort') case $2 in
            --input-format) count=1 kind=choice choices='jsonl|json|csv|tsv|text|parquet|arrow|images|audio|webdataset' ;;
            --config) count=1 kind=any ;;
            --split) count=1 kind=any ;;
            --bad) count=1 kind=files ;;
            -o|--output) count=1 kind=files ;;
            -f|--format) count=1 kind=choice choices='table|jsonl|json|csv|tsv|yaml|quiet' ;;
        esac ;;
        'data shuffle') case $2 in
            --input-format) count=1 kind=choice choices='jsonl|json|csv|tsv|text|parquet|arrow|images|audio|webdataset' ;;
            --config) count=1 kind=any ;;
            --split) count=1 kind=any ;;
            --bad) count=1 kind=files ;;
            -o|--output) count=1 kind=files ;;
            --seed) count=1 kind=any ;;
            -f|--format) count=1 kind=choice choices='table|jsonl|json|csv|tsv|yaml|quiet' ;;
        esac ;;
        'data split') case $2 in
            --input-format) count=1 kind=choice choices='jsonl|json|csv|tsv|text|parquet|arrow|images|audio|webdataset' ;;
            --config) count=1 kind=any ;;
            --split) count=1 kind=any ;;
            --bad) count=1 kind=files ;;
            -o|--output) count=1 kind=folders ;;
            --test) count=1 kind=any ;;
            --validation) count=1 kind=any ;;
            --stratify) count=1 kind=any ;;
            --group-by) count=1 kind=any ;;
            --as) count=1 kind=choice choices='jsonl|json|csv|tsv|parquet|arrow' ;;
            --seed) count=1 kind=any ;;
            -f|--format) count=1 kind=choice choices='table|jsonl|json|csv|tsv|yaml|quiet' ;;
        esac ;;
        'data concat') case $2 in
            --input-format) count=1 kind=choice choices='jsonl|json|csv|tsv|text|parquet|arrow|images|audio|webdataset' ;;
            --config) count=1 kind=any ;;
            --split) count=1 kind=any ;;
            --bad) count=1 kind=files ;;
            -o|--output) count=1 kind=files ;;
            -f|--format) count=1 kind=choice choices='table|jsonl|json|csv|tsv|yaml|quiet' ;;
        esac ;;
        'data mix') case $2 in
            --input-format) count=1 kind=choice choices='jsonl|json|csv|tsv|text|parquet|arrow|images|audio|webdataset' ;;
            --config) count=1 kind=any ;;
            --split) count=1 kind=any ;;
            --bad) count=1 kind=files ;;
            -o|--output) count=1 kind=files ;;
            --weights) count=1 kind=any ;;
            --stop) count=1 kind=choice choices='first|all|repeat' ;;
            --seed) count=1 kind=any ;;
            -f|--format) count=1 kind=choice choices='table|jsonl|json|csv|tsv|yaml|quiet' ;;
        esac ;;
        'data dedup') case $2 in
            --input-format) count=1 kind=choice choices='jsonl|json|csv|tsv|text|parquet|arrow|images|audio|webdataset' ;;
            --config) count=1 kind=any ;;
            --split) count=1 kind=any ;;
            --bad) count=1 kind=files ;;
            -o|--output) count=1 kind=files ;;
            --by) count=1 kind=any ;;
            --near) count=1 kind=any ;;
            --shingle) count=1 kind=any ;;
            --engine) count=1 kind=choice choices='local|ray' ;;
            --ray-address) count=1 kind=any ;;
            -f|--format) count=1 kind=choice choices='table|jsonl|json|csv|tsv|yaml|quiet' ;;
        esac ;;
        'data format') case $2 in
            --input-format) count=1 kind=choice choices='jsonl|json|csv|tsv|text|parquet|arrow|images|audio|webdataset' ;;
            --config) count=1 kind=any ;;
            --split) count=1 kind=any ;;
            --bad) count=1 kind=files ;;
            -o|--output) count=1 kind=files ;;
            --to) count=1 kind=choice choices='chat|prompt-completion|preference|text' ;;
            --tok) count=1 kind=models ;;
            -f|--format) count=1 kind=choice choices='table|jsonl|json|csv|tsv|yaml|quiet' ;;
        esac ;;
        'data convert') case $2 in
            --input-format) count=1 kind=choice choices='jsonl|json|csv|tsv|text|parquet|arrow|images|audio|webdataset' ;;
            --config) count=1 kind=any ;;
            --split) count=1 kind=any ;;
            --bad) count=1 kind=files ;;
            -o|--output) count=1 kind=files ;;
            --to) count=1 kind=choice choices='jsonl|json|csv|tsv|txt|parquet|arrow|dataset' ;;
            --shards) count=1 kind=any ;;
            --max-shard-size) count=1 kind=any ;;
            --compression) count=1 kind=choice choices='zstd|snappy|gzip|lz4|brotli|none' ;;
            --row-group-size) count=1 kind=any ;;
            --engine) count=1 kind=choice choices='local|ray' ;;
            --ray-address) count=1 kind=any ;;
            -f|--format) count=1 kind=choice choices='table|jsonl|json|csv|tsv|yaml|quiet' ;;
        esac ;;
        'data view') case $2 in
            --input-format) count=1 kind=choice choices='jsonl|json|csv|tsv|text|parquet|arrow|images|audio|webdataset' ;;
            --config) count=1 kind=any ;;
            --split) count=1 kind=any ;;
            --theme) count=1 kind=choice choices='auto|dark|light|colorblind|colorblind-light|ansi-dark|ansi-light' ;;
        esac ;;
        'data get') case $2 in
            --config) count=1 kind=any ;;
            --split) count=1 kind=any ;;
            -o|--output) count=1 kind=files ;;
            -f|--format) count=1 kind=choice choices='table|jsonl|json|csv|tsv|yaml|quiet' ;;
            --progress) count=1 kind=choice choices='auto|bar|plain|jsonl|none' ;;
        esac ;;
        'data put') case $2 in
            --split) count=1 kind=any ;;
            --config) count=1 kind=any ;;
            --max-shard-size) count=1 kind=any ;;
            -m|--message) count=1 kind=any ;;
            --input-format) count=1 kind=choice choices='jsonl|json|csv|tsv|text|parquet|arrow|images|audio|webdataset' ;;
            --bad) count=1 kind=files ;;
            -f|--format) count=1 kind=choice choices='table|jsonl|json|csv|tsv|yaml|quiet' ;;
            --progress) count=1 kind=choice choices='auto|bar|plain|jsonl|none' ;;
        esac ;;
        'tok train') case $2 in
            -o|--output) count=1 kind=folders ;;
            --vocab-size) count=1 kind=any ;;
            --special) count=1 kind=any ;;
            --min-frequency) count=1 kind=any ;;
            --limit-alphabet) count=1 kind=any ;;
            --column) count=1 kind=any ;;
            --input-format) count=1 kind=choice choices='jsonl|json|csv|tsv|text|parquet|arrow' ;;
            --config) count=1 kind=any ;;
            --split) count=1 kind=any ;;
            -f|--format) count=1 kind=choice choices='table|jsonl|json|csv|tsv|yaml|quiet' ;;
            --progress) count=1 kind=choice choices='auto|bar|plain|jsonl|none' ;;
        esac ;;
        'tok encode') case $2 in
            -m|--model) count=1 kind=models ;;
            --column) count=1 kind=any ;;
            --max-length) count=1 kind=any ;;
            --engine) count=1 kind=choice choices='auto|tokenizers|fastokens' ;;
            --input-format) count=1 kind=choice choices='jsonl|json|csv|tsv|text|parquet|arrow' ;;
            --config) count=1 kind=any ;;
            --split) count=1 kind=any ;;
            -f|--format) count=1 kind=choice choices='table|jsonl|json|csv|tsv|yaml|quiet' ;;
        esac ;;
        'tok decode') case $2 in
            -m|--model) count=1 kind=models ;;
            --column) count=1 kind=any ;;
            --input-format) count=1 kind=choice choices='jsonl|json|csv|tsv|text|parquet|arrow' ;;
            --config) count=1 kind=any ;;
            --split) count=1 kind=any ;;
            -f|--format) count=1 kind=choice choices='table|jsonl|json|csv|tsv|yaml|quiet' ;;
        esac ;;
        'tok count') case $2 in
            -m|--model) count=1 kind=models ;;
            --column) count=1 kind=any ;;
            --engine) count=1 kind=choice choices='auto|tokenizers|fastokens' ;;
            --input-format) count=1 kind=choice choices='jsonl|json|csv|tsv|text|parquet|arrow' ;;
            --config) count=1 kind=any ;;
            --split) count=1 kind=any ;;
            -f|--format) count=1 kind=choice choices='table|jsonl|json|csv|tsv|yaml|quiet' ;;
        esac ;;
        'tok chunk') case $2 in
            -m|--model) count=1 kind=models ;;
            --size) count=1 kind=any ;;
            --overlap) count=1 kind=any ;;
            --by) count=1 kind=choice choices='tokens|sentence' ;;
            --splitter) count=1 kind=choice choices='rules|nltk|learn' ;;
            --language) count=1 kind=any ;;
            --column) count=1 kind=any ;;
            --input-format) count=1 kind=choice choices='jsonl|json|csv|tsv|text|parquet|arrow' ;;
            --config) count=1 kind=any ;;
            --split) count=1 kind=any ;;
            -f|--format) count=1 kind=choice choices='table|jsonl|json|csv|tsv|yaml|quiet' ;;
        esac ;;
        'tok pack') case $2 in
            -m|--model) count=1 kind=models ;;
            -o|--output) count=1 kind=folders ;;
            --length) count=1 kind=any ;;
            --file-type) count=1 kind=choice choices='npy|bin|parquet' ;;
            --end) count=1 kind=any ;;
            --tail) count=1 kind=choice choices='drop|pad' ;;
            --shard-tokens) count=1 kind=any ;;
            --column) count=1 kind=any ;;
            --engine) count=1 kind=choice choices='auto|tokenizers|fastokens' ;;
            --input-format) count=1 kind=choice choices='jsonl|json|csv|tsv|text|parquet|arrow' ;;
            --config) count=1 kind=any ;;
            --split) count=1 kind=any ;;
            -f|--format) count=1 kind=choice choices='table|jsonl|json|csv|tsv|yaml|quiet' ;;
            --progress) count=1 kind=choice choices='auto|bar|plain|jsonl|none' ;;
        esac ;;
        'tok chat') case $2 in
            -m|--model) count=1 kind=models ;;
            --column) count=1 kind=any ;;
            --engine) count=1 kind=choice choices='auto|tokenizers|fastokens' ;;
            --input-format) count=1 kind=choice choices='jsonl|json|csv|tsv|text|parquet|arrow' ;;
            --config) count=1 kind=any ;;
            --split) count=1 kind=any ;;
            -f|--format) count=1 kind=choice choices='table|jsonl|json|csv|tsv|yaml|quiet' ;;
        esac ;;
        'tok add') case $2 in
            -o|--output) count=1 kind=folders ;;
            --special) count=1 kind=any ;;
            -f|--format) count=1 kind=choice choices='table|jsonl|json|csv|tsv|yaml|quiet' ;;
        esac ;;
        'tok info') case $2 in
            -f|--format) count=1 kind=choice choices='table|jsonl|json|csv|tsv|yaml|quiet' ;;
        esac ;;
        'tok vocab') case $2 in
            --grep) count=1 kind=any ;;
            -f|--format) count=1 kind=choice choices='table|jsonl|json|csv|tsv|yaml|quiet' ;;
        esac ;;
        'tok diff') case $2 in
            --sample) count=1 kind=files ;;
            --column) count=1 kind=any ;;
            --limit) count=1 kind=any ;;
            -f|--format) count=1 kind=choice choices='table|jsonl|json|csv|tsv|yaml|quiet' ;;
        esac ;;
        'tok bench') case $2 in
            -m|--model) count=1 kind=models ;;
            --column) count=1 kind=any ;;
            --megabytes) count=1 kind=any ;;
            --rounds) count=1 kind=any ;;
            --input-format) count=1 kind=choice choices='jsonl|json|csv|tsv|text|parquet|arrow' ;;
            --config) count=1 kind=any ;;
            --split) count=1 kind=any ;;
            -f|--format) count=1 kind=choice choices='table|jsonl|json|csv|tsv|yaml|quiet' ;;
            --progress) count=1 kind=choice choices='auto|bar|plain|jsonl|none' ;;
        esac ;;
        'tok convert') case $2 in
            -o|--output) count=1 kind=folders ;;
            --pattern) count=1 kind=any ;;
            --special) count=1 kind=any ;;
            --sample) count=1 kind=files ;;
            --column) count=1 kind=any ;;
            --allow-differences) count=1 kind=any ;;
            -f|--format) count=1 kind=choice choices='table|jsonl|json|csv|tsv|yaml|quiet' ;;
        esac ;;
        'train sft') case $2 in
            --name) count=1 kind=runs ;;
            --chat-template) count=1 kind=any ;;
            --max-length) count=1 kind=any ;;
            --config) count=1 kind=any ;;
            --split) count=1 kind=any ;;
            --eval-data) count=1 kind=files ;;
            --eval-split) count=1 kind=any ;;
            --column) count=1 kind=any ;;
            --max-samples) count=1 kind=any ;;
            --peft) count=1 kind=choice choices='none|adalora|adamss|adaption_prompt|beft|boft|c3a|cartridge|cpt|deft|delora|dora|eva|fourierft|frod|glora|gralora|hira|hra|ia3|lily|ln_tuning|loftq|loha|lokr|lora|miss|multitask_prompt_tuning|oft|olora|osf|p_tuning|peanut|pissa|poly|prefix_tuning|prompt_tuning|psoft|pvera|randlora|road|rslora|shadow|shira|supertuning|tinylora|trainable_tokens|unilora|vblora|vera|waveft|xlora' ;;
            --peft-set) count=1 kind=peftkeys ;;
            --load-in) count=1 kind=choice choices='4bit|8bit' ;;
            --learning-rate) count=1 kind=any ;;
            --num-train-epochs) count=1 kind=any ;;
            --max-steps) count=1 kind=any ;;
            --per-device-train-batch-size) count=1 kind=any ;;
            --gradient-accumulation-steps) count=1 kind=any ;;
            --warmup-steps) count=1 kind=any ;;
            --lr-scheduler-type) count=1 kind=choice choices='linear|cosine|cosine_with_restarts|polynomial|constant|constant_with_warmup|inverse_sqrt|reduce_lr_on_plateau|cosine_with_min_lr|cosine_warmup_with_min_lr|warmup_stable_decay|greedy' ;;
            --weight-decay) count=1 kind=any ;;
            --save-steps) count=1 kind=any ;;
            --keep) count=1 kind=any ;;
            --logging-steps) count=1 kind=any ;;
            --eval-steps) count=1 kind=any ;;
            --seed) count=1 kind=any ;;
            --device) count=1 kind=choice choices='auto|cpu|cuda|mps' ;;
            --launch) count=1 kind=any ;;
            --gpus) count=1 kind=any ;;
            --nproc) count=1 kind=any ;;
            --nodes) count=1 kind=files ;;
            --zero) count=1 kind=any ;;
            --offload) count=1 kind=any ;;
            --max-restarts) count=1 kind=any ;;
            --dtype) count=1 kind=choice choices='float32|bfloat16|float16' ;;
            --report-to) count=1 kind=any ;;
            --hub-strategy) count=1 kind=choice choices='end|every_save|checkpoint|all_checkpoints' ;;
            --set) count=1 kind=fieldkeys ;;
            --after) count=1 kind=runs ;;
            --after-any) count=1 kind=runs ;;
            --when-free) count=1 kind=any ;;
            --retries) count=1 kind=any ;;
            --notify) count=1 kind=commands ;;
            --push) count=1 kind=repos ;;
            -f|--format) count=1 kind=choice choices='table|jsonl|json|csv|tsv|yaml|quiet' ;;
            --progress) count=1 kind=choice choices='auto|bar|plain|jsonl|none' ;;
        esac ;;
        'train dpo') case $2 in
            --name) count=1 kind=runs ;;
            --chat-template) count=1 kind=any ;;
            --max-length) count=1 kind=any ;;
            --beta) count=1 kind=any ;;
            --loss-type) count=1 kind=any ;;
            --config) count=1 kind=any ;;
            --split) count=1 kind=any ;;
            --eval-data) count=1 kind=files ;;
            --eval-split) count=1 kind=any ;;
            --column) count=1 kind=any ;;
            --max-samples) count=1 kind=any ;;
            --peft) count=1 kind=choice choices='none|adalora|adamss|adaption_prompt|beft|boft|c3a|cartridge|cpt|deft|delora|dora|eva|fourierft|frod|glora|gralora|hira|hra|ia3|lily|ln_tuning|loftq|loha|lokr|lora|miss|multitask_prompt_tuning|oft|olora|osf|p_tuning|peanut|pissa|poly|prefix_tuning|prompt_tuning|psoft|pvera|randlora|road|rslora|shadow|shira|supertuning|tinylora|trainable_tokens|unilora|vblora|vera|waveft|xlora' ;;
            --peft-set) count=1 kind=peftkeys ;;
            --load-in) count=1 kind=choice choices='4bit|8bit' ;;
            --learning-rate) count=1 kind=any ;;
            --num-train-epochs) count=1 kind=any ;;
            --max-steps) count=1 kind=any ;;
            --per-device-train-batch-size) count=1 kind=any ;;
            --gradient-accumulation-steps) count=1 kind=any ;;
            --warmup-steps) count=1 kind=any ;;
            --lr-scheduler-type) count=1 kind=choice choices='linear|cosine|cosine_with_restarts|polynomial|constant|constant_with_warmup|inverse_sqrt|reduce_lr_on_plateau|cosine_with_min_lr|cosine_warmup_with_min_lr|warmup_stable_decay|greedy' ;;
            --weight-decay) count=1 kind=any ;;
            --save-steps) count=1 kind=any ;;
            --keep) count=1 kind=any ;;
            --logging-steps) count=1 kind=any ;;
            --eval-steps) count=1 kind=any ;;
            --seed) count=1 kind=any ;;
            --device) count=1 kind=choice choices='auto|cpu|cuda|mps' ;;
            --launch) count=1 kind=any ;;
            --gpus) count=1 kind=any ;;
            --nproc) count=1 kind=any ;;
            --nodes) count=1 kind=files ;;
            --zero) count=1 kind=any ;;
            --offload) count=1 kind=any ;;
            --max-restarts) count=1 kind=any ;;
            --dtype) count=1 kind=choice choices='float32|bfloat16|float16' ;;
            --report-to) count=1 kind=any ;;
            --hub-strategy) count=1 kind=choice choices='end|every_save|checkpoint|all_checkpoints' ;;
            --set) count=1 kind=fieldkeys ;;
            --after) count=1 kind=runs ;;
            --after-any) count=1 kind=runs ;;
            --when-free) count=1 kind=any ;;
            --retries) count=1 kind=any ;;
            --notify) count=1 kind=commands ;;
            --push) count=1 kind=repos ;;
            -f|--format) count=1 kind=choice choices='table|jsonl|json|csv|tsv|yaml|quiet' ;;
            --progress) count=1 kind=choice choices='auto|bar|plain|jsonl|none' ;;
        esac ;;
        'train kto') case $2 in
            --name) count=1 kind=runs ;;
            --chat-template) count=1 kind=any ;;
            --max-length) count=1 kind=any ;;
            --beta) count=1 kind=any ;;
            --desirable-weight) count=1 kind=any ;;
            --undesirable-weight) count=1 kind=any ;;
            --loss-type) count=1 kind=choice choices='kto|apo_zero_unpaired' ;;
            --config) count=1 kind=any ;;
            --split) count=1 kind=any ;;
            --eval-data) count=1 kind=files ;;
            --eval-split) count=1 kind=any ;;
            --column) count=1 kind=any ;;
            --max-samples) count=1 kind=any ;;
            --peft) count=1 kind=choice choices='none|adalora|adamss|adaption_prompt|beft|boft|c3a|cartridge|cpt|deft|delora|dora|eva|fourierft|frod|glora|gralora|hira|hra|ia3|lily|ln_tuning|loftq|loha|lokr|lora|miss|multitask_prompt_tuning|oft|olora|osf|p_tuning|peanut|pissa|poly|prefix_tuning|prompt_tuning|psoft|pvera|randlora|road|rslora|shadow|shira|supertuning|tinylora|trainable_tokens|unilora|vblora|vera|waveft|xlora' ;;
            --peft-set) count=1 kind=peftkeys ;;
            --load-in) count=1 kind=choice choices='4bit|8bit' ;;
            --learning-rate) count=1 kind=any ;;
            --num-train-epochs) count=1 kind=any ;;
            --max-steps) count=1 kind=any ;;
            --per-device-train-batch-size) count=1 kind=any ;;
            --gradient-accumulation-steps) count=1 kind=any ;;
            --warmup-steps) count=1 kind=any ;;
            --lr-scheduler-type) count=1 kind=choice choices='linear|cosine|cosine_with_restarts|polynomial|constant|constant_with_warmup|inverse_sqrt|reduce_lr_on_plateau|cosine_with_min_lr|cosine_warmup_with_min_lr|warmup_stable_decay|greedy' ;;
            --weight-decay) count=1 kind=any ;;
            --save-steps) count=1 kind=any ;;
            --keep) count=1 kind=any ;;
            --logging-steps) count=1 kind=any ;;
            --eval-steps) count=1 kind=any ;;
            --seed) count=1 kind=any ;;
            --device) count=1 kind=choice choices='auto|cpu|cuda|mps' ;;
            --launch) count=1 kind=any ;;
            --gpus) count=1 kind=any ;;
            --nproc) count=1 kind=any ;;
            --nodes) count=1 kind=files ;;
            --zero) count=1 kind=any ;;
            --offload) count=1 kind=any ;;
            --max-restarts) count=1 kind=any ;;
            --dtype) count=1 kind=choice choices='float32|bfloat16|float16' ;;
            --report-to) count=1 kind=any ;;
            --hub-strategy) count=1 kind=choice choices='end|every_save|checkpoint|all_checkpoints' ;;
            --set) count=1 kind=fieldkeys ;;
            --after) count=1 kind=runs ;;
            --after-any) count=1 kind=runs ;;
            --when-free) count=1 kind=any ;;
            --retries) count=1 kind=any ;;
            --notify) count=1 kind=commands ;;
            --push) count=1 kind=repos ;;
            -f|--format) count=1 kind=choice choices='table|jsonl|json|csv|tsv|yaml|quiet' ;;
            --progress) count=1 kind=choice choices='auto|bar|plain|jsonl|none' ;;
        esac ;;
        'train reward') case $2 in
            --name) count=1 kind=runs ;;
            --chat-template) count=1 kind=any ;;
            --max-length) count=1 kind=any ;;
            --center-rewards-coefficient) count=1 kind=any ;;
            --config) count=1 kind=any ;;
            --split) count=1 kind=any ;;
            --eval-data) count=1 kind=files ;;
            --eval-split) count=1 kind=any ;;
            --column) count=1 kind=any ;;
            --max-samples) count=1 kind=any ;;
            --peft) count=1 kind=choice choices='none|adalora|adamss|adaption_prompt|beft|boft|c3a|cartridge|cpt|deft|delora|dora|eva|fourierft|frod|glora|gralora|hira|hra|ia3|lily|ln_tuning|loftq|loha|lokr|lora|miss|multitask_prompt_tuning|oft|olora|osf|p_tuning|peanut|pissa|poly|prefix_tuning|prompt_tuning|psoft|pvera|randlora|road|rslora|shadow|shira|supertuning|tinylora|trainable_tokens|unilora|vblora|vera|waveft|xlora' ;;
            --peft-set) count=1 kind=peftkeys ;;
            --load-in) count=1 kind=choice choices='4bit|8bit' ;;
            --learning-rate) count=1 kind=any ;;
            --num-train-epochs) count=1 kind=any ;;
            --max-steps) count=1 kind=any ;;
            --per-device-train-batch-size) count=1 kind=any ;;
            --gradient-accumulation-steps) count=1 kind=any ;;
            --warmup-steps) count=1 kind=any ;;
            --lr-scheduler-type) count=1 kind=choice choices='linear|cosine|cosine_with_restarts|polynomial|constant|constant_with_warmup|inverse_sqrt|reduce_lr_on_plateau|cosine_with_min_lr|cosine_warmup_with_min_lr|warmup_stable_decay|greedy' ;;
            --weight-decay) count=1 kind=any ;;
            --save-steps) count=1 kind=any ;;
            --keep) count=1 kind=any ;;
            --logging-steps) count=1 kind=any ;;
            --eval-steps) count=1 kind=any ;;
            --seed) count=1 kind=any ;;
            --device) count=1 kind=choice choices='auto|cpu|cuda|mps' ;;
            --launch) count=1 kind=any ;;
            --gpus) count=1 kind=any ;;
            --nproc) count=1 kind=any ;;
            --nodes) count=1 kind=files ;;
            --zero) count=1 kind=any ;;
            --offload) count=1 kind=any ;;
            --max-restarts) count=1 kind=any ;;
            --dtype) count=1 kind=choice choices='float32|bfloat16|float16' ;;
            --report-to) count=1 kind=any ;;
            --hub-strategy) count=1 kind=choice choices='end|every_save|checkpoint|all_checkpoints' ;;
            --set) count=1 kind=fieldkeys ;;
            --after) count=1 kind=runs ;;
            --after-any) count=1 kind=runs ;;
            --when-free) count=1 kind=any ;;
            --retries) count=1 kind=any ;;
            --notify) count=1 kind=commands ;;
            --push) count=1 kind=repos ;;
            -f|--format) count=1 kind=choice choices='table|jsonl|json|csv|tsv|yaml|quiet' ;;
            --progress) count=1 kind=choice choices='auto|bar|plain|jsonl|none' ;;
        esac ;;
        'train grpo') case $2 in
            --name) count=1 kind=runs ;;
            --chat-template) count=1 kind=any ;;
            --max-completion-length) count=1 kind=any ;;
            --temperature) count=1 kind=any ;;
            --reward) count=1 kind=any ;;
            --reward-weight) count=1 kind=any ;;
            --num-generations) count=1 kind=any ;;
            --beta) count=1 kind=any ;;
            --config) count=1 kind=any ;;
            --split) count=1 kind=any ;;
            --eval-data) count=1 kind=files ;;
            --eval-split) count=1 kind=any ;;
            --column) count=1 kind=any ;;
            --max-samples) count=1 kind=any ;;
            --peft) count=1 kind=choice choices='none|adalora|adamss|adaption_prompt|beft|boft|c3a|cartridge|cpt|deft|delora|dora|eva|fourierft|frod|glora|gralora|hira|hra|ia3|lily|ln_tuning|loftq|loha|lokr|lora|miss|multitask_prompt_tuning|oft|olora|osf|p_tuning|peanut|pissa|poly|prefix_tuning|prompt_tuning|psoft|pvera|randlora|road|rslora|shadow|shira|supertuning|tinylora|trainable_tokens|unilora|vblora|vera|waveft|xlora' ;;
            --peft-set) count=1 kind=peftkeys ;;
            --load-in) count=1 kind=choice choices='4bit|8bit' ;;
            --learning-rate) count=1 kind=any ;;
            --num-train-epochs) count=1 kind=any ;;
            --max-steps) count=1 kind=any ;;
            --per-device-train-batch-size) count=1 kind=any ;;
            --gradient-accumulation-steps) count=1 kind=any ;;
            --warmup-steps) count=1 kind=any ;;
            --lr-scheduler-type) count=1 kind=choice choices='linear|cosine|cosine_with_restarts|polynomial|constant|constant_with_warmup|inverse_sqrt|reduce_lr_on_plateau|cosine_with_min_lr|cosine_warmup_with_min_lr|warmup_stable_decay|greedy' ;;
            --weight-decay) count=1 kind=any ;;
            --save-steps) count=1 kind=any ;;
            --keep) count=1 kind=any ;;
            --logging-steps) count=1 kind=any ;;
            --eval-steps) count=1 kind=any ;;
            --seed) count=1 kind=any ;;
            --device) count=1 kind=choice choices='auto|cpu|cuda|mps' ;;
            --launch) count=1 kind=any ;;
            --gpus) count=1 kind=any ;;
            --nproc) count=1 kind=any ;;
            --nodes) count=1 kind=files ;;
            --zero) count=1 kind=any ;;
            --offload) count=1 kind=any ;;
            --max-restarts) count=1 kind=any ;;
            --dtype) count=1 kind=choice choices='float32|bfloat16|float16' ;;
            --report-to) count=1 kind=any ;;
            --hub-strategy) count=1 kind=choice choices='end|every_save|checkpoint|all_checkpoints' ;;
            --set) count=1 kind=fieldkeys ;;
            --after) count=1 kind=runs ;;
            --after-any) count=1 kind=runs ;;
            --when-free) count=1 kind=any ;;
            --retries) count=1 kind=any ;;
            --notify) count=1 kind=commands ;;
            --push) count=1 kind=repos ;;
            -f|--format) count=1 kind=choice choices='table|jsonl|json|csv|tsv|yaml|quiet' ;;
            --progress) count=1 kind=choice choices='auto|bar|plain|jsonl|none' ;;
        esac ;;
        'train rloo') case $2 in
            --name) count=1 kind=runs ;;
            --chat-template) count=1 kind=any ;;
            --max-completion-length) count=1 kind=any ;;
            --temperature) count=1 kind=any ;;
            --reward) count=1 kind=any ;;
            --reward-weight) count=1 kind=any ;;
            --num-generations) count=1 kind=any ;;
            --beta) count=1 kind=any ;;
            --config) count=1 kind=any ;;
            --split) count=1 kind=any ;;
            --eval-data) count=1 kind=files ;;
            --eval-split) count=1 kind=any ;;
            --column) count=1 kind=any ;;
            --max-samples) count=1 kind=any ;;
            --peft) count=1 kind=choice choices='none|adalora|adamss|adaption_prompt|beft|boft|c3a|cartridge|cpt|deft|delora|dora|eva|fourierft|frod|glora|gralora|hira|hra|ia3|lily|ln_tuning|loftq|loha|lokr|lora|miss|multitask_prompt_tuning|oft|olora|osf|p_tuning|peanut|pissa|poly|prefix_tuning|prompt_tuning|psoft|pvera|randlora|road|rslora|shadow|shira|supertuning|tinylora|trainable_tokens|unilora|vblora|vera|waveft|xlora' ;;
            --peft-set) count=1 kind=peftkeys ;;
            --load-in) count=1 kind=choice choices='4bit|8bit' ;;
            --learning-rate) count=1 kind=any ;;
            --num-train-epochs) count=1 kind=any ;;
            --max-steps) count=1 kind=any ;;
            --per-device-train-batch-size) count=1 kind=any ;;
            --gradient-accumulation-steps) count=1 kind=any ;;
            --warmup-steps) count=1 kind=any ;;
            --lr-scheduler-type) count=1 kind=choice choices='linear|cosine|cosine_with_restarts|polynomial|constant|constant_with_warmup|inverse_sqrt|reduce_lr_on_plateau|cosine_with_min_lr|cosine_warmup_with_min_lr|warmup_stable_decay|greedy' ;;
            --weight-decay) count=1 kind=any ;;
            --save-steps) count=1 kind=any ;;
            --keep) count=1 kind=any ;;
            --logging-steps) count=1 kind=any ;;
            --eval-steps) count=1 kind=any ;;
            --seed) count=1 kind=any ;;
            --device) count=1 kind=choice choices='auto|cpu|cuda|mps' ;;
            --launch) count=1 kind=any ;;
            --gpus) count=1 kind=any ;;
            --nproc) count=1 kind=any ;;
            --nodes) count=1 kind=files ;;
            --zero) count=1 kind=any ;;
            --offload) count=1 kind=any ;;
            --max-restarts) count=1 kind=any ;;
            --dtype) count=1 kind=choice choices='float32|bfloat16|float16' ;;
            --report-to) count=1 kind=any ;;
            --hub-strategy) count=1 kind=choice choices='end|every_save|checkpoint|all_checkpoints' ;;
            --set) count=1 kind=fieldkeys ;;
            --after) count=1 kind=runs ;;
            --after-any) count=1 kind=runs ;;
            --when-free) count=1 kind=any ;;
            --retries) count=1 kind=any ;;
            --notify) count=1 kind=commands ;;
            --push) count=1 kind=repos ;;
            -f|--format) count=1 kind=choice choices='table|jsonl|json|csv|tsv|yaml|quiet' ;;
            --progress) count=1 kind=choice choices='auto|bar|plain|jsonl|none' ;;
        esac ;;
        'train distill') case $2 in
            --name) count=1 kind=runs ;;
            --chat-template) count=1 kind=any ;;
            --max-completion-length) count=1 kind=any ;;
            --temperature) count=1 kind=any ;;
            --teacher) count=1 kind=models ;;
            --beta) count=1 kind=any ;;
            --config) count=1 kind=any ;;
            --split) count=1 kind=any ;;
            --eval-data) count=1 kind=files ;;
            --eval-split) count=1 kind=any ;;
            --column) count=1 kind=any ;;
            --max-samples) count=1 kind=any ;;
            --peft) count=1 kind=choice choices='none|adalora|adamss|adaption_prompt|beft|boft|c3a|cartridge|cpt|deft|delora|dora|eva|fourierft|frod|glora|gralora|hira|hra|ia3|lily|ln_tuning|loftq|loha|lokr|lora|miss|multitask_prompt_tuning|oft|olora|osf|p_tuning|peanut|pissa|poly|prefix_tuning|prompt_tuning|psoft|pvera|randlora|road|rslora|shadow|shira|supertuning|tinylora|trainable_tokens|unilora|vblora|vera|waveft|xlora' ;;
            --peft-set) count=1 kind=peftkeys ;;
            --load-in) count=1 kind=choice choices='4bit|8bit' ;;
            --learning-rate) count=1 kind=any ;;
            --num-train-epochs) count=1 kind=any ;;
            --max-steps) count=1 kind=any ;;
            --per-device-train-batch-size) count=1 kind=any ;;
            --gradient-accumulation-steps) count=1 kind=any ;;
            --warmup-steps) count=1 kind=any ;;
            --lr-scheduler-type) count=1 kind=choice choices='linear|cosine|cosine_with_restarts|polynomial|constant|constant_with_warmup|inverse_sqrt|reduce_lr_on_plateau|cosine_with_min_lr|cosine_warmup_with_min_lr|warmup_stable_decay|greedy' ;;
            --weight-decay) count=1 kind=any ;;
            --save-steps) count=1 kind=any ;;
            --keep) count=1 kind=any ;;
            --logging-steps) count=1 kind=any ;;
            --eval-steps) count=1 kind=any ;;
            --seed) count=1 kind=any ;;
            --device) count=1 kind=choice choices='auto|cpu|cuda|mps' ;;
            --launch) count=1 kind=any ;;
            --gpus) count=1 kind=any ;;
            --nproc) count=1 kind=any ;;
            --nodes) count=1 kind=files ;;
            --zero) count=1 kind=any ;;
            --offload) count=1 kind=any ;;
            --max-restarts) count=1 kind=any ;;
            --dtype) count=1 kind=choice choices='float32|bfloat16|float16' ;;
            --report-to) count=1 kind=any ;;
            --hub-strategy) count=1 kind=choice choices='end|every_save|checkpoint|all_checkpoints' ;;
            --set) count=1 kind=fieldkeys ;;
            --after) count=1 kind=runs ;;
            --after-any) count=1 kind=runs ;;
            --when-free) count=1 kind=any ;;
            --retries) count=1 kind=any ;;
            --notify) count=1 kind=commands ;;
            --push) count=1 kind=repos ;;
            -f|--format) count=1 kind=choice choices='table|jsonl|json|csv|tsv|yaml|quiet' ;;
            --progress) count=1 kind=choice choices='auto|bar|plain|jsonl|none' ;;
        esac ;;
        'train clm') case $2 in
            --name) count=1 kind=runs ;;
            --max-length) count=1 kind=any ;;
            --config) count=1 kind=any ;;
            --split) count=1 kind=any ;;
            --eval-data) count=1 kind=files ;;
            --eval-split) count=1 kind=any ;;
            --column) count=1 kind=any ;;
            --max-samples) count=1 kind=any ;;
            --peft) count=1 kind=choice choices='none|adalora|adamss|adaption_prompt|beft|boft|c3a|cartridge|cpt|deft|delora|dora|eva|fourierft|frod|glora|gralora|hira|hra|ia3|lily|ln_tuning|loftq|loha|lokr|lora|miss|multitask_prompt_tuning|oft|olora|osf|p_tuning|peanut|pissa|poly|prefix_tuning|prompt_tuning|psoft|pvera|randlora|road|rslora|shadow|shira|supertuning|tinylora|trainable_tokens|unilora|vblora|vera|waveft|xlora' ;;
            --peft-set) count=1 kind=peftkeys ;;
            --load-in) count=1 kind=choice choices='4bit|8bit' ;;
            --learning-rate) count=1 kind=any ;;
            --num-train-epochs) count=1 kind=any ;;
            --max-steps) count=1 kind=any ;;
            --per-device-train-batch-size) count=1 kind=any ;;
            --gradient-accumulation-steps) count=1 kind=any ;;
            --warmup-steps) count=1 kind=any ;;
            --lr-scheduler-type) count=1 kind=choice choices='linear|cosine|cosine_with_restarts|polynomial|constant|constant_with_warmup|inverse_sqrt|reduce_lr_on_plateau|cosine_with_min_lr|cosine_warmup_with_min_lr|warmup_stable_decay|greedy' ;;
            --weight-decay) count=1 kind=any ;;
            --save-steps) count=1 kind=any ;;
            --keep) count=1 kind=any ;;
            --logging-steps) count=1 kind=any ;;
            --eval-steps) count=1 kind=any ;;
            --seed) count=1 kind=any ;;
            --device) count=1 kind=choice choices='auto|cpu|cuda|mps' ;;
            --launch) count=1 kind=any ;;
            --gpus) count=1 kind=any ;;
            --nproc) count=1 kind=any ;;
            --nodes) count=1 kind=files ;;
            --zero) count=1 kind=any ;;
            --offload) count=1 kind=any ;;
            --max-restarts) count=1 kind=any ;;
            --dtype) count=1 kind=choice choices='float32|bfloat16|float16' ;;
            --report-to) count=1 kind=any ;;
            --hub-strategy) count=1 kind=choice choices='end|every_save|checkpoint|all_checkpoints' ;;
            --set) count=1 kind=fieldkeys ;;
            --after) count=1 kind=runs ;;
            --after-any) count=1 kind=runs ;;
            --when-free) count=1 kind=any ;;
            --retries) count=1 kind=any ;;
            --notify) count=1 kind=commands ;;
            --push) count=1 kind=repos ;;
            -f|--format) count=1 kind=choice choices='table|jsonl|json|csv|tsv|yaml|quiet' ;;
            --progress) count=1 kind=choice choices='auto|bar|plain|jsonl|none' ;;
        esac ;;
        'train mlm') case $2 in
            --name) count=1 kind=runs ;;
            --max-length) count=1 kind=any ;;
            --mlm-probability) count=1 kind=any ;;
            --config) count=1 kind=any ;;
            --split) count=1 kind=any ;;
            --eval-data) count=1 kind=files ;;
            --eval-split) count=1 kind=any ;;
            --column) count=1 kind=any ;;
            --max-samples) count=1 kind=any ;;
            --peft) count=1 kind=choice choices='none|adalora|adamss|adaption_prompt|beft|boft|c3a|cartridge|cpt|deft|delora|dora|eva|fourierft|frod|glora|gralora|hira|hra|ia3|lily|ln_tuning|loftq|loha|lokr|lora|miss|multitask_prompt_tuning|oft|olora|osf|p_tuning|peanut|pissa|poly|prefix_tuning|prompt_tuning|psoft|pvera|randlora|road|rslora|shadow|shira|supertuning|tinylora|trainable_tokens|unilora|vblora|vera|waveft|xlora' ;;
            --peft-set) count=1 kind=peftkeys ;;
            --load-in) count=1 kind=choice choices='4bit|8bit' ;;
            --learning-rate) count=1 kind=any ;;
            --num-train-epochs) count=1 kind=any ;;
            --max-steps) count=1 kind=any ;;
            --per-device-train-batch-size) count=1 kind=any ;;
            --gradient-accumulation-steps) count=1 kind=any ;;
            --warmup-steps) count=1 kind=any ;;
            --lr-scheduler-type) count=1 kind=choice choices='linear|cosine|cosine_with_restarts|polynomial|constant|constant_with_warmup|inverse_sqrt|reduce_lr_on_plateau|cosine_with_min_lr|cosine_warmup_with_min_lr|warmup_stable_decay|greedy' ;;
            --weight-decay) count=1 kind=any ;;
            --save-steps) count=1 kind=any ;;
            --keep) count=1 kind=any ;;
            --logging-steps) count=1 kind=any ;;
            --eval-steps) count=1 kind=any ;;
            --seed) count=1 kind=any ;;
            --device) count=1 kind=choice choices='auto|cpu|cuda|mps' ;;
            --launch) count=1 kind=any ;;
            --gpus) count=1 kind=any ;;
            --nproc) count=1 kind=any ;;
            --nodes) count=1 kind=files ;;
            --zero) count=1 kind=any ;;
            --offload) count=1 kind=any ;;
            --max-restarts) count=1 kind=any ;;
            --dtype) count=1 kind=choice choices='float32|bfloat16|float16' ;;
            --report-to) count=1 kind=any ;;
            --hub-strategy) count=1 kind=choice choices='end|every_save|checkpoint|all_checkpoints' ;;
            --set) count=1 kind=fieldkeys ;;
            --after) count=1 kind=runs ;;
            --after-any) count=1 kind=runs ;;
            --when-free) count=1 kind=any ;;
            --retries) count=1 kind=any ;;
            --notify) count=1 kind=commands ;;
            --push) count=1 kind=repos ;;
            -f|--format) count=1 kind=choice choices='table|jsonl|json|csv|tsv|yaml|quiet' ;;
            --progress) count=1 kind=choice choices='auto|bar|plain|jsonl|none' ;;
        esac ;;
        'train seq2seq') case $2 in
            --name) count=1 kind=runs ;;
            --metric) count=1 kind=any ;;
            --max-length) count=1 kind=any ;;
            --max-target-length) count=1 kind=any ;;
            --source-prefix) count=1 kind=any ;;
            --config) count=1 kind=any ;;
            --split) count=1 kind=any ;;
            --eval-data) count=1 kind=files ;;
            --eval-split) count=1 kind=any ;;
            --column) count=1 kind=any ;;
            --max-samples) count=1 kind=any ;;
            --peft) count=1 kind=choice choices='none|adalora|adamss|adaption_prompt|beft|boft|c3a|cartridge|cpt|deft|delora|dora|eva|fourierft|frod|glora|gralora|hira|hra|ia3|lily|ln_tuning|loftq|loha|lokr|lora|miss|multitask_prompt_tuning|oft|olora|osf|p_tuning|peanut|pissa|poly|prefix_tuning|prompt_tuning|psoft|pvera|randlora|road|rslora|shadow|shira|supertuning|tinylora|trainable_tokens|unilora|vblora|vera|waveft|xlora' ;;
            --peft-set) count=1 kind=peftkeys ;;
            --load-in) count=1 kind=choice choices='4bit|8bit' ;;
            --learning-rate) count=1 kind=any ;;
            --num-train-epochs) count=1 kind=any ;;
            --max-steps) count=1 kind=any ;;
            --per-device-train-batch-size) count=1 kind=any ;;
            --gradient-accumulation-steps) count=1 kind=any ;;
            --warmup-steps) count=1 kind=any ;;
            --lr-scheduler-type) count=1 kind=choice choices='linear|cosine|cosine_with_restarts|polynomial|constant|constant_with_warmup|inverse_sqrt|reduce_lr_on_plateau|cosine_with_min_lr|cosine_warmup_with_min_lr|warmup_stable_decay|greedy' ;;
            --weight-decay) count=1 kind=any ;;
            --save-steps) count=1 kind=any ;;
            --keep) count=1 kind=any ;;
            --logging-steps) count=1 kind=any ;;
            --eval-steps) count=1 kind=any ;;
            --seed) count=1 kind=any ;;
            --device) count=1 kind=choice choices='auto|cpu|cuda|mps' ;;
            --launch) count=1 kind=any ;;
            --gpus) count=1 kind=any ;;
            --nproc) count=1 kind=any ;;
            --nodes) count=1 kind=files ;;
            --zero) count=1 kind=any ;;
            --offload) count=1 kind=any ;;
            --max-restarts) count=1 kind=any ;;
            --dtype) count=1 kind=choice choices='float32|bfloat16|float16' ;;
            --report-to) count=1 kind=any ;;
            --hub-strategy) count=1 kind=choice choices='end|every_save|checkpoint|all_checkpoints' ;;
            --set) count=1 kind=fieldkeys ;;
            --after) count=1 kind=runs ;;
            --after-any) count=1 kind=runs ;;
            --when-free) count=1 kind=any ;;
            --retries) count=1 kind=any ;;
            --notify) count=1 kind=commands ;;
            --push) count=1 kind=repos ;;
            -f|--format) count=1 kind=choice choices='table|jsonl|json|csv|tsv|yaml|quiet' ;;
            --progress) count=1 kind=choice choices='auto|bar|plain|jsonl|none' ;;
        esac ;;
        'train classify') case $2 in
            --name) count=1 kind=runs ;;
            --metric) count=1 kind=any ;;
            --max-length) count=1 kind=any ;;
            --problem-type) count=1 kind=choice choices='single|multi|regression' ;;
            --config) count=1 kind=any ;;
            --split) count=1 kind=any ;;
            --eval-data) count=1 kind=files ;;
            --eval-split) count=1 kind=any ;;
            --column) count=1 kind=any ;;
            --max-samples) count=1 kind=any ;;
            --peft) count=1 kind=choice choices='none|adalora|adamss|adaption_prompt|beft|boft|c3a|cartridge|cpt|deft|delora|dora|eva|fourierft|frod|glora|gralora|hira|hra|ia3|lily|ln_tuning|loftq|loha|lokr|lora|miss|multitask_prompt_tuning|oft|olora|osf|p_tuning|peanut|pissa|poly|prefix_tuning|prompt_tuning|psoft|pvera|randlora|road|rslora|shadow|shira|supertuning|tinylora|trainable_tokens|unilora|vblora|vera|waveft|xlora' ;;
            --peft-set) count=1 kind=peftkeys ;;
            --load-in) count=1 kind=choice choices='4bit|8bit' ;;
            --learning-rate) count=1 kind=any ;;
            --num-train-epochs) count=1 kind=any ;;
            --max-steps) count=1 kind=any ;;
            --per-device-train-batch-size) count=1 kind=any ;;
            --gradient-accumulation-steps) count=1 kind=any ;;
            --warmup-steps) count=1 kind=any ;;
            --lr-scheduler-type) count=1 kind=choice choices='linear|cosine|cosine_with_restarts|polynomial|constant|constant_with_warmup|inverse_sqrt|reduce_lr_on_plateau|cosine_with_min_lr|cosine_warmup_with_min_lr|warmup_stable_decay|greedy' ;;
            --weight-decay) count=1 kind=any ;;
            --save-steps) count=1 kind=any ;;
            --keep) count=1 kind=any ;;
            --logging-steps) count=1 kind=any ;;
            --eval-steps) count=1 kind=any ;;
            --seed) count=1 kind=any ;;
            --device) count=1 kind=choice choices='auto|cpu|cuda|mps' ;;
            --launch) count=1 kind=any ;;
            --gpus) count=1 kind=any ;;
            --nproc) count=1 kind=any ;;
            --nodes) count=1 kind=files ;;
            --zero) count=1 kind=any ;;
            --offload) count=1 kind=any ;;
            --max-restarts) count=1 kind=any ;;
            --dtype) count=1 kind=choice choices='float32|bfloat16|float16' ;;
            --report-to) count=1 kind=any ;;
            --hub-strategy) count=1 kind=choice choices='end|every_save|checkpoint|all_checkpoints' ;;
            --set) count=1 kind=fieldkeys ;;
            --after) count=1 kind=runs ;;
            --after-any) count=1 kind=runs ;;
            --when-free) count=1 kind=any ;;
            --retries) count=1 kind=any ;;
            --notify) count=1 kind=commands ;;
            --push) count=1 kind=repos ;;
            -f|--format) count=1 kind=choice choices='table|jsonl|json|csv|tsv|yaml|quiet' ;;
            --progress) count=1 kind=choice choices='auto|bar|plain|jsonl|none' ;;
        esac ;;
        'train tag') case $2 in
            --name) count=1 kind=runs ;;
            --metric) count=1 kind=any ;;
            --max-length) count=1 kind=any ;;
            --config) count=1 kind=any ;;
            --split) count=1 kind=any ;;
            --eval-data) count=1 kind=files ;;
            --eval-split) count=1 kind=any ;;
            --column) count=1 kind=any ;;
            --max-samples) count=1 kind=any ;;
            --peft) count=1 kind=choice choices='none|adalora|adamss|adaption_prompt|beft|boft|c3a|cartridge|cpt|deft|delora|dora|eva|fourierft|frod|glora|gralora|hira|hra|ia3|lily|ln_tuning|loftq|loha|lokr|lora|miss|multitask_prompt_tuning|oft|olora|osf|p_tuning|peanut|pissa|poly|prefix_tuning|prompt_tuning|psoft|pvera|randlora|road|rslora|shadow|shira|supertuning|tinylora|trainable_tokens|unilora|vblora|vera|waveft|xlora' ;;
            --peft-set) count=1 kind=peftkeys ;;
            --load-in) count=1 kind=choice choices='4bit|8bit' ;;
            --learning-rate) count=1 kind=any ;;
            --num-train-epochs) count=1 kind=any ;;
            --max-steps) count=1 kind=any ;;
            --per-device-train-batch-size) count=1 kind=any ;;
            --gradient-accumulation-steps) count=1 kind=any ;;
            --warmup-steps) count=1 kind=any ;;
            --lr-scheduler-type) count=1 kind=choice choices='linear|cosine|cosine_with_restarts|polynomial|constant|constant_with_warmup|inverse_sqrt|reduce_lr_on_plateau|cosine_with_min_lr|cosine_warmup_with_min_lr|warmup_stable_decay|greedy' ;;
            --weight-decay) count=1 kind=any ;;
            --save-steps) count=1 kind=any ;;
            --keep) count=1 kind=any ;;
            --logging-steps) count=1 kind=any ;;
            --eval-steps) count=1 kind=any ;;
            --seed) count=1 kind=any ;;
            --device) count=1 kind=choice choices='auto|cpu|cuda|mps' ;;
            --launch) count=1 kind=any ;;
            --gpus) count=1 kind=any ;;
            --nproc) count=1 kind=any ;;
            --nodes) count=1 kind=files ;;
            --zero) count=1 kind=any ;;
            --offload) count=1 kind=any ;;
            --max-restarts) count=1 kind=any ;;
            --dtype) count=1 kind=choice choices='float32|bfloat16|float16' ;;
            --report-to) count=1 kind=any ;;
            --hub-strategy) count=1 kind=choice choices='end|every_save|checkpoint|all_checkpoints' ;;
            --set) count=1 kind=fieldkeys ;;
            --after) count=1 kind=runs ;;
            --after-any) count=1 kind=runs ;;
            --when-free) count=1 kind=any ;;
            --retries) count=1 kind=any ;;
            --notify) count=1 kind=commands ;;
            --push) count=1 kind=repos ;;
            -f|--format) count=1 kind=choice choices='table|jsonl|json|csv|tsv|yaml|quiet' ;;
            --progress) count=1 kind=choice choices='auto|bar|plain|jsonl|none' ;;
        esac ;;
        'train image') case $2 in
            --name) count=1 kind=runs ;;
            --metric) count=1 kind=any ;;
            --config) count=1 kind=any ;;
            --split) count=1 kind=any ;;
            --eval-data) count=1 kind=files ;;
            --eval-split) count=1 kind=any ;;
            --column) count=1 kind=any ;;
            --max-samples) count=1 kind=any ;;
            --peft) count=1 kind=choice choices='none|adalora|adamss|adaption_prompt|beft|boft|c3a|cartridge|cpt|deft|delora|dora|eva|fourierft|frod|glora|gralora|hira|hra|ia3|lily|ln_tuning|loftq|loha|lokr|lora|miss|multitask_prompt_tuning|oft|olora|osf|p_tuning|peanut|pissa|poly|prefix_tuning|prompt_tuning|psoft|pvera|randlora|road|rslora|shadow|shira|supertuning|tinylora|trainable_tokens|unilora|vblora|vera|waveft|xlora' ;;
            --peft-set) count=1 kind=peftkeys ;;
            --load-in) count=1 kind=choice choices='4bit|8bit' ;;
            --learning-rate) count=1 kind=any ;;
            --num-train-epochs) count=1 kind=any ;;
            --max-steps) count=1 kind=any ;;
            --per-device-train-batch-size) count=1 kind=any ;;
            --gradient-accumulation-steps) count=1 kind=any ;;
            --warmup-steps) count=1 kind=any ;;
            --lr-scheduler-type) count=1 kind=choice choices='linear|cosine|cosine_with_restarts|polynomial|constant|constant_with_warmup|inverse_sqrt|reduce_lr_on_plateau|cosine_with_min_lr|cosine_warmup_with_min_lr|warmup_stable_decay|greedy' ;;
            --weight-decay) count=1 kind=any ;;
            --save-steps) count=1 kind=any ;;
            --keep) count=1 kind=any ;;
            --logging-steps) count=1 kind=any ;;
            --eval-steps) count=1 kind=any ;;
            --seed) count=1 kind=any ;;
            --device) count=1 kind=choice choices='auto|cpu|cuda|mps' ;;
            --launch) count=1 kind=any ;;
            --gpus) count=1 kind=any ;;
            --nproc) count=1 kind=any ;;
            --nodes) count=1 kind=files ;;
            --zero) count=1 kind=any ;;
            --offload) count=1 kind=any ;;
            --max-restarts) count=1 kind=any ;;
            --dtype) count=1 kind=choice choices='float32|bfloat16|float16' ;;
            --report-to) count=1 kind=any ;;
            --hub-strategy) count=1 kind=choice choices='end|every_save|checkpoint|all_checkpoints' ;;
            --set) count=1 kind=fieldkeys ;;
            --after) count=1 kind=runs ;;
            --after-any) count=1 kind=runs ;;
            --when-free) count=1 kind=any ;;
            --retries) count=1 kind=any ;;
            --notify) count=1 kind=commands ;;
            --push) count=1 kind=repos ;;
            -f|--format) count=1 kind=choice choices='table|jsonl|json|csv|tsv|yaml|quiet' ;;
            --progress) count=1 kind=choice choices='auto|bar|plain|jsonl|none' ;;
        esac ;;
        'train audio') case $2 in
            --name) count=1 kind=runs ;;
            --metric) count=1 kind=any ;;
            --max-seconds) count=1 kind=any ;;
            --config) count=1 kind=any ;;
            --split) count=1 kind=any ;;
            --eval-data) count=1 kind=files ;;
            --eval-split) count=1 kind=any ;;
            --column) count=1 kind=any ;;
            --max-samples) count=1 kind=any ;;
            --peft) count=1 kind=choice choices='none|adalora|adamss|adaption_prompt|beft|boft|c3a|cartridge|cpt|deft|delora|dora|eva|fourierft|frod|glora|gralora|hira|hra|ia3|lily|ln_tuning|loftq|loha|lokr|lora|miss|multitask_prompt_tuning|oft|olora|osf|p_tuning|peanut|pissa|poly|prefix_tuning|prompt_tuning|psoft|pvera|randlora|road|rslora|shadow|shira|supertuning|tinylora|trainable_tokens|unilora|vblora|vera|waveft|xlora' ;;
            --peft-set) count=1 kind=peftkeys ;;
            --load-in) count=1 kind=choice choices='4bit|8bit' ;;
            --learning-rate) count=1 kind=any ;;
            --num-train-epochs) count=1 kind=any ;;
            --max-steps) count=1 kind=any ;;
            --per-device-train-batch-size) count=1 kind=any ;;
            --gradient-accumulation-steps) count=1 kind=any ;;
            --warmup-steps) count=1 kind=any ;;
            --lr-scheduler-type) count=1 kind=choice choices='linear|cosine|cosine_with_restarts|polynomial|constant|constant_with_warmup|inverse_sqrt|reduce_lr_on_plateau|cosine_with_min_lr|cosine_warmup_with_min_lr|warmup_stable_decay|greedy' ;;
            --weight-decay) count=1 kind=any ;;
            --save-steps) count=1 kind=any ;;
            --keep) count=1 kind=any ;;
            --logging-steps) count=1 kind=any ;;
            --eval-steps) count=1 kind=any ;;
            --seed) count=1 kind=any ;;
            --device) count=1 kind=choice choices='auto|cpu|cuda|mps' ;;
            --launch) count=1 kind=any ;;
            --gpus) count=1 kind=any ;;
            --nproc) count=1 kind=any ;;
            --nodes) count=1 kind=files ;;
            --zero) count=1 kind=any ;;
            --offload) count=1 kind=any ;;
            --max-restarts) count=1 kind=any ;;
            --dtype) count=1 kind=choice choices='float32|bfloat16|float16' ;;
            --report-to) count=1 kind=any ;;
            --hub-strategy) count=1 kind=choice choices='end|every_save|checkpoint|all_checkpoints' ;;
            --set) count=1 kind=fieldkeys ;;
            --after) count=1 kind=runs ;;
            --after-any) count=1 kind=runs ;;
            --when-free) count=1 kind=any ;;
            --retries) count=1 kind=any ;;
            --notify) count=1 kind=commands ;;
            --push) count=1 kind=repos ;;
            -f|--format) count=1 kind=choice choices='table|jsonl|json|csv|tsv|yaml|quiet' ;;
            --progress) count=1 kind=choice choices='auto|bar|plain|jsonl|none' ;;
        esac ;;
        'train launch') case $2 in
            --nproc) count=1 kind=any ;;
            --gpus) count=1 kind=any ;;
            --nodes) count=1 kind=files ;;
            --nnodes) count=1 kind=any ;;
            --node-rank) count=1 kind=any ;;
            --rdzv) count=1 kind=any ;;
            --mixed-precision) count=1 kind=choice choices='no|bf16|fp16|fp8' ;;
            --zero) count=1 kind=any ;;
            --offload) count=1 kind=any ;;
            --max-restarts) count=1 kind=any ;;
            --config) count=1 kind=files ;;
            --log-dir) count=1 kind=folders ;;
            --name) count=1 kind=runs ;;
            --after) count=1 kind=runs ;;
            --after-any) count=1 kind=runs ;;
            --when-free) count=1 kind=any ;;
            --retries) count=1 kind=any ;;
            --notify) count=1 kind=commands ;;
            -f|--format) count=1 kind=choice choices='table|jsonl|json|csv|tsv|yaml|quiet' ;;
        esac ;;
        'train sbatch') case $2 in
            --nodes) count=1 kind=any ;;
            --gpus) count=1 kind=any ;;
            --cpus) count=1 kind=any ;;
            --mem) count=1 kind=any ;;
            --time) count=1 kind=any ;;
            --partition) count=1 kind=any ;;
            --account) count=1 kind=any ;;
            --job-name) count=1 kind=any ;;
            --before) count=1 kind=any ;;
            --set) count=1 kind=any ;;
            --setup) count=1 kind=any ;;
            -o|--output) count=1 kind=files ;;
        esac ;;
        'train run') case $2 in
            --set) count=1 kind=recipekeys ;;
            --name) count=1 kind=runs ;;
            --after) count=1 kind=runs ;;
            --after-any) count=1 kind=runs ;;
            --when-free) count=1 kind=any ;;
            --retries) count=1 kind=any ;;
            --notify) count=1 kind=commands ;;
            --push) count=1 kind=repos ;;
            -f|--format) count=1 kind=choice choices='table|jsonl|json|csv|tsv|yaml|quiet' ;;
            --progress) count=1 kind=choice choices='auto|bar|plain|jsonl|none' ;;
        esac ;;
        'train sweep') case $2 in
            --grid) count=1 kind=recipekeys ;;
            --set) count=1 kind=recipekeys ;;
            --name) count=1 kind=any ;;
            --random) count=1 kind=any ;;
            --sort) count=1 kind=any ;;
            --after) count=1 kind=runs ;;
            --after-any) count=1 kind=runs ;;
            --when-free) count=1 kind=any ;;
            --retries) count=1 kind=any ;;
            --notify) count=1 kind=commands ;;
            --push) count=1 kind=repos ;;
            -f|--format) count=1 kind=choice choices='table|jsonl|json|csv|tsv|yaml|quiet' ;;
            --progress) count=1 kind=choice choices='auto|bar|plain|jsonl|none' ;;
        esac ;;
        'train init') case $2 in
            -o|--output) count=1 kind=files ;;
            -f|--format) count=1 kind=choice choices='table|jsonl|json|csv|tsv|yaml|quiet' ;;
        esac ;;
        'train schema') case $2 in
            --search) count=1 kind=any ;;
            -f|--format) count=1 kind=choice choices='table|jsonl|json|csv|tsv|yaml|quiet' ;;
        esac ;;
        'train validate') case $2 in
            -f|--format) count=1 kind=choice choices='table|jsonl|json|csv|tsv|yaml|quiet' ;;
        esac ;;
        'train plan') case $2 in
            --set) count=1 kind=recipekeys ;;
            --gpus) count=1 kind=any ;;
            --host) count=1 kind=any ;;
            --fit) count=1 kind=choice choices='all|auto' ;;
            -f|--format) count=1 kind=choice choices='table|jsonl|json|csv|tsv|yaml|quiet' ;;
        esac ;;
        'train ls') case $2 in
            -f|--format) count=1 kind=choice choices='table|jsonl|json|csv|tsv|yaml|quiet' ;;
        esac ;;
        'train show') case $2 in
            -f|--format) count=1 kind=choice choices='table|jsonl|json|csv|tsv|yaml|quiet' ;;
        esac ;;
        'train logs') case $2 in
            -n|--lines) count=1 kind=any ;;
            -f|--format) count=1 kind=choice choices='table|jsonl|json|csv|tsv|yaml|quiet' ;;
        esac ;;
        'train attach') case $2 in
            -n|--lines) count=1 kind=any ;;
            -f|--format) count=1 kind=choice choices='table|jsonl|json|csv|tsv|yaml|quiet' ;;
            --progress) count=1 kind=choice choices='auto|bar|plain|jsonl|none' ;;
        esac ;;
        'train compare') case $2 in
            -f|--format) count=1 kind=choice choices='table|jsonl|json|csv|tsv|yaml|quiet' ;;
        esac ;;
        'train plot') case $2 in
            --metric) count=1 kind=any ;;
            --smooth) count=1 kind=any ;;
            --from) count=1 kind=any ;;
            --to) count=1 kind=any ;;
            --width) count=1 kind=any ;;
            --height) count=1 kind=any ;;
            -f|--format) count=1 kind=choice choices='table|jsonl|json|csv|tsv|yaml|quiet' ;;
        esac ;;
        'train stop') case $2 in
            --grace) count=1 kind=any ;;
            -f|--format) count=1 kind=choice choices='table|jsonl|json|csv|tsv|yaml|quiet' ;;
        esac ;;
        'train resume') case $2 in
            --after) count=1 kind=runs ;;
            --after-any) count=1 kind=runs ;;
            --when-free) count=1 kind=any ;;
            --retries) count=1 kind=any ;;
            --notify) count=1 kind=commands ;;
            --push) count=1 kind=repos ;;
            -f|--format) count=1 kind=choice choices='table|jsonl|json|csv|tsv|yaml|quiet' ;;
        esac ;;
        'train push') case $2 in
            --checkpoint) count=1 kind=any ;;
            -m|--message) count=1 kind=any ;;
            -f|--format) count=1 kind=choice choices='table|jsonl|json|csv|tsv|yaml|quiet' ;;
            --progress) count=1 kind=choice choices='auto|bar|plain|jsonl|none' ;;
        esac ;;
        'train note') case $2 in
            -f|--format) count=1 kind=choice choices='table|jsonl|json|csv|tsv|yaml|quiet' ;;
        esac ;;
        'train rm') case $2 in
            -f|--format) count=1 kind=choice choices='table|jsonl|json|csv|tsv|yaml|quiet' ;;
        esac ;;
        'peft methods') case $2 in
            -f|--format) count=1 kind=choice choices='table|jsonl|json|csv|tsv|yaml|quiet' ;;
        esac ;;
        'peft params') case $2 in
            --peft) count=1 kind=choice choices='none|adalora|adamss|adaption_prompt|beft|boft|c3a|cartridge|cpt|deft|delora|dora|eva|fourierft|frod|glora|gralora|hira|hra|ia3|lily|ln_tuning|loftq|loha|lokr|lora|miss|multitask_prompt_tuning|oft|olora|osf|p_tuning|peanut|pissa|poly|prefix_tuning|prompt_tuning|psoft|pvera|randlora|road|rslora|shadow|shira|supertuning|tinylora|trainable_tokens|unilora|vblora|vera|waveft|xlora' ;;
            --peft-set) count=1 kind=peftkeys ;;
            --task) count=1 kind=choice choices='clm|seq2seq|classify|tag|qa|features' ;;
            -f|--format) count=1 kind=choice choices='table|jsonl|json|csv|tsv|yaml|quiet' ;;
        esac ;;
        'peft plan') case $2 in
            --recipe) count=1 kind=files ;;
            --peft) count=1 kind=choice choices='none|adalora|adamss|adaption_prompt|beft|boft|c3a|cartridge|cpt|deft|delora|dora|eva|fourierft|frod|glora|gralora|hira|hra|ia3|lily|ln_tuning|loftq|loha|lokr|lora|miss|multitask_prompt_tuning|oft|olora|osf|p_tuning|peanut|pissa|poly|prefix_tuning|prompt_tuning|psoft|pvera|randlora|road|rslora|shadow|shira|supertuning|tinylora|trainable_tokens|unilora|vblora|vera|waveft|xlora' ;;
            --peft-set) count=1 kind=peftkeys ;;
            --batch) count=1 kind=any ;;
            --max-length) count=1 kind=any ;;
            --gpus) count=1 kind=any ;;
            --host) count=1 kind=any ;;
            --fit) count=1 kind=choice choices='plain|auto' ;;
            -f|--format) count=1 kind=choice choices='table|jsonl|json|csv|tsv|yaml|quiet' ;;
        esac ;;
        'peft info') case $2 in
            --base) count=1 kind=models ;;
            -f|--format) count=1 kind=choice choices='table|jsonl|json|csv|tsv|yaml|quiet' ;;
            --progress) count=1 kind=choice choices='auto|bar|plain|jsonl|none' ;;
        esac ;;
        'peft convert') case $2 in
            --to) count=1 kind=choice choices='peft|gguf|kohya|diffusers|adapters' ;;
            -o|--output) count=1 kind=files ;;
            --base) count=1 kind=models ;;
            --dtype) count=1 kind=choice choices='float32|float16' ;;
            --part) count=1 kind=choice choices='unet|transformer|text_encoder|text_encoder_2|text_encoder_3' ;;
            -f|--format) count=1 kind=choice choices='table|jsonl|json|csv|tsv|yaml|quiet' ;;
            --progress) count=1 kind=choice choices='auto|bar|plain|jsonl|none' ;;
        esac ;;
        'peft merge') case $2 in
            -o|--output) count=1 kind=folders ;;
            --base) count=1 kind=models ;;
            --dtype) count=1 kind=choice choices='float32|bfloat16|float16' ;;
            --max-shard-size) count=1 kind=any ;;
            --verify) count=1 kind=choice choices='full|layers|none' ;;
            --device) count=1 kind=choice choices='auto|cpu|cuda|mps' ;;
            -f|--format) count=1 kind=choice choices='table|jsonl|json|csv|tsv|yaml|quiet' ;;
            --progress) count=1 kind=choice choices='auto|bar|plain|jsonl|none' ;;
        esac ;;
        'peft unload') case $2 in
            --adapter) count=1 kind=adapters ;;
            --base) count=1 kind=models ;;
            -o|--output) count=1 kind=folders ;;
            --max-shard-size) count=1 kind=any ;;
            -f|--format) count=1 kind=choice choices='table|jsonl|json|csv|tsv|yaml|quiet' ;;
            --progress) count=1 kind=choice choices='auto|bar|plain|jsonl|none' ;;
        esac ;;
        'peft combine') case $2 in
            -o|--output) count=1 kind=folders ;;
            --how) count=1 kind=choice choices='svd|linear|cat|ties|ties_svd|dare_ties|dare_linear|dare_ties_svd|dare_linear_svd|magnitude_prune|magnitude_prune_svd' ;;
            --density) count=1 kind=any ;;
            --rank) count=1 kind=any ;;
            --majority-sign-method) count=1 kind=choice choices='total|frequency' ;;
            --seed) count=1 kind=any ;;
            --base) count=1 kind=models ;;
            -f|--format) count=1 kind=choice choices='table|jsonl|json|csv|tsv|yaml|quiet' ;;
        esac ;;
        'peft diff') case $2 in
            --limit) count=1 kind=any ;;
            -f|--format) count=1 kind=choice choices='table|jsonl|json|csv|tsv|yaml|quiet' ;;
            --progress) count=1 kind=choice choices='auto|bar|plain|jsonl|none' ;;
        esac ;;
        'peft rescale') case $2 in
            -o|--output) count=1 kind=folders ;;
            --scale) count=1 kind=any ;;
            --alpha) count=1 kind=any ;;
            --rank) count=1 kind=any ;;
            -f|--format) count=1 kind=choice choices='table|jsonl|json|csv|tsv|yaml|quiet' ;;
        esac ;;
        'peft extract') case $2 in
            -o|--output) count=1 kind=folders ;;
            --rank) count=1 kind=any ;;
            --targets) count=1 kind=any ;;
            -f|--format) count=1 kind=choice choices='table|jsonl|json|csv|tsv|yaml|quiet' ;;
            --progress) count=1 kind=choice choices='auto|bar|plain|jsonl|none' ;;
        esac ;;
        'peft add') case $2 in
            -o|--output) count=1 kind=folders ;;
            --peft) count=1 kind=choice choices='none|adalora|adamss|adaption_prompt|beft|boft|c3a|cartridge|cpt|deft|delora|dora|eva|fourierft|frod|glora|gralora|hira|hra|ia3|lily|ln_tuning|loftq|loha|lokr|lora|miss|multitask_prompt_tuning|oft|olora|osf|p_tuning|peanut|pissa|poly|prefix_tuning|prompt_tuning|psoft|pvera|randlora|road|rslora|shadow|shira|supertuning|tinylora|trainable_tokens|unilora|vblora|vera|waveft|xlora' ;;
            --peft-set) count=1 kind=peftkeys ;;
            --task) count=1 kind=choice choices='clm|seq2seq|classify|tag|qa|features' ;;
            --seed) count=1 kind=any ;;
            -f|--format) count=1 kind=choice choices='table|jsonl|json|csv|tsv|yaml|quiet' ;;
        esac ;;
        chat) case $2 in
            -p|--prompt) count=1 kind=any ;;
            --system) count=1 kind=any ;;
            --max-new-tokens) count=1 kind=any ;;
            --temperature) count=1 kind=any ;;
            --top-p) count=1 kind=any ;;
            --seed) count=1 kind=any ;;
            --device) count=1 kind=choice choices='auto|cpu|cuda|mps' ;;
            --url) count=1 kind=any ;;
            --session) count=1 kind=any ;;
            --search) count=1 kind=any ;;
            -n|--limit) count=1 kind=any ;;
            --export) count=1 kind=any ;;
            -o|--output) count=1 kind=files ;;
            --delete) count=1 kind=any ;;
            -f|--format) count=1 kind=choice choices='table|jsonl|json|csv|tsv|yaml|quiet' ;;
        esac ;;
        mem) case $2 in
            --for) count=1 kind=choice choices='training|inference' ;;
            --task) count=1 kind=choice choices='clm|seq2seq|classify|tag|qa|mlm|image|audio|features' ;;
            --peft) count=1 kind=choice choices='none|adalora|adamss|adaption_prompt|beft|boft|c3a|cartridge|cpt|deft|delora|dora|eva|fourierft|frod|glora|gralora|hira|hra|ia3|lily|ln_tuning|loftq|loha|lokr|lora|miss|multitask_prompt_tuning|oft|olora|osf|p_tuning|peanut|pissa|poly|prefix_tuning|prompt_tuning|psoft|pvera|randlora|road|rslora|shadow|shira|supertuning|tinylora|trainable_tokens|unilora|vblora|vera|waveft|xlora' ;;
            --peft-set) count=1 kind=peftkeys ;;
            --per-device-train-batch-size|--batch) count=1 kind=any ;;
            --max-length) count=1 kind=any ;;
            --target-length) count=1 kind=any ;;
            --gradient-accumulation-steps) count=1 kind=any ;;
            --dtype) count=1 kind=choice choices='float32|bfloat16|float16' ;;
            --attn) count=1 kind=choice choices='eager|sdpa|flash_attention_2' ;;
            --optim) count=1 kind=choice choices='adamw_torch_fused|adamw_torch|adamw_8bit|adafactor|adagrad|rmsprop|sgd' ;;
            --load-in) count=1 kind=choice choices='4bit|8bit' ;;
            --zero) count=1 kind=choice choices='1|2|3' ;;
            --offload) count=1 kind=any ;;
            --gpus) count=1 kind=any ;;
            --host) count=1 kind=any ;;
            --fit) count=1 kind=choice choices='all|auto' ;;
            -f|--format) count=1 kind=choice choices='table|jsonl|json|csv|tsv|yaml|quiet' ;;
        esac ;;
        eval) case $2 in
            --metric) count=1 kind=any ;;
            --prediction) count=1 kind=any ;;
            --reference) count=1 kind=any ;;
            --against) count=1 kind=any ;;
            --average) count=1 kind=choice choices='binary|macro|micro|weighted' ;;
            --positive) count=1 kind=any ;;
            --input-format) count=1 kind=choice choices='jsonl|json|csv|tsv|text|parquet|arrow' ;;
            --model) count=1 kind=models ;;
            --task) count=1 kind=choice choices='none|adalora|adamss|adaption_prompt|beft|boft|c3a|cartridge|cpt|deft|delora|dora|eva|fourierft|frod|glora|gralora|hira|hra|ia3|lily|ln_tuning|loftq|loha|lokr|lora|miss|multitask_prompt_tuning|oft|olora|osf|p_tuning|peanut|pissa|poly|prefix_tuning|prompt_tuning|psoft|pvera|randlora|road|rslora|shadow|shira|supertuning|tinylora|trainable_tokens|unilora|vblora|vera|waveft|xlora' ;;
            --batch-size) count=1 kind=any ;;
            --max-length) count=1 kind=any ;;
            --split) count=1 kind=any ;;
            --device) count=1 kind=choice choices='auto|cpu|cuda|mps' ;;
            -f|--format) count=1 kind=choice choices='table|jsonl|json|csv|tsv|yaml|quiet' ;;
            --progress) count=1 kind=choice choices='auto|bar|plain|jsonl|none' ;;
        esac ;;
        demo) case $2 in
            --data) count=1 kind=files ;;
            --ask) count=1 kind=any ;;
            --expect) count=1 kind=any ;;
            --steps) count=1 kind=any ;;
            --device) count=1 kind=choice choices='auto|cpu|cuda|mps' ;;
            -f|--format) count=1 kind=choice choices='table|jsonl|json|csv|tsv|yaml|quiet' ;;
            --progress) count=1 kind=choice choices='auto|bar|plain|jsonl|none' ;;
        esac ;;
        ui) case $2 in
            --screen) count=1 kind=choice choices='home|gpus|runs|chat' ;;
            --glyphs) count=1 kind=choice choices='auto|braille|blocks|ascii' ;;
            --theme) count=1 kind=choice choices='auto|dark|light|colorblind|colorblind-light|ansi-dark|ansi-light' ;;
            --interval) count=1 kind=any ;;
            --keymap) count=1 kind=any ;;
            -f|--format) count=1 kind=choice choices='table|jsonl|json|csv|tsv|yaml|quiet' ;;
        esac ;;
        gpu) case $2 in
            -w|--watch) count=1 kind=any ;;
            --count) count=1 kind=any ;;
            -f|--format) count=1 kind=choice choices='table|jsonl|json|csv|tsv|yaml|quiet' ;;
        esac ;;
        'gpu procs') case $2 in
            -f|--format) count=1 kind=choice choices='table|jsonl|json|csv|tsv|yaml|quiet' ;;
        esac ;;
        'gpu wait') case $2 in
            --free) count=1 kind=any ;;
            --gpus) count=1 kind=any ;;
            --util-below) count=1 kind=any ;;
            --timeout) count=1 kind=any ;;
            --interval) count=1 kind=any ;;
            -f|--format) count=1 kind=choice choices='table|jsonl|json|csv|tsv|yaml|quiet' ;;
        esac ;;
        doctor) case $2 in
            --only) count=1 kind=choice choices='python|libraries|accelerators|storage|hub|system|terminal' ;;
            -f|--format) count=1 kind=choice choices='table|jsonl|json|csv|tsv|yaml|quiet' ;;
        esac ;;
        'config ls') case $2 in
            -f|--format) count=1 kind=choice choices='table|jsonl|json|csv|tsv|yaml|quiet' ;;
        esac ;;
        'config get') case $2 in
            -f|--format) count=1 kind=choice choices='table|jsonl|json|csv|tsv|yaml|quiet' ;;
        esac ;;
        'config set') case $2 in
            -f|--format) count=1 kind=choice choices='table|jsonl|json|csv|tsv|yaml|quiet' ;;
        esac ;;
    esac
}

# What stands at place $2 (from 0) of the arguments of command $1.
_hfterm_argument() {
    kind='' choices=''
    case $1 in
        'hub search') case $2 in
            0) kind=any ;;
        esac ;;
        'hub info') case $2 in
            *) kind=repos ;;
        esac ;;
        'hub card') case $2 in
            0) kind=repos ;;
        esac ;;
        'hub ls') case $2 in
            0) kind=repos ;;
            1) kind=repofiles ;;
        esac ;;
        'hub cat') case $2 in
            0) kind=repos ;;
            1) kind=repofiles ;;
        esac ;;
        'hub inspect') case $2 in
            *) kind=places ;;
        esac ;;
        'hub get') case $2 in
            0) kind=repos ;;
            *) kind=repofiles ;;
        esac ;;
        'hub put') case $2 in
            0) kind=repos ;;
            *) kind=files ;;
        esac ;;
        'hub rm') case $2 in
            0) kind=repos ;;
            *) kind=repofiles ;;
        esac ;;
        'hub create') case $2 in
            *) kind=repos ;;
        esac ;;
        'hub move') case $2 in
            0) kind=repos ;;
            1) kind=any ;;
        esac ;;
        'hub branch') case $2 in
            0) kind=repos ;;
            1) kind=any ;;
        esac ;;
        'hub tag') case $2 in
            0) kind=repos ;;
            1) kind=any ;;
        esac ;;
        'hub diff') case $2 in
            0) kind=places ;;
            1) kind=places ;;
        esac ;;
        'hub cache ls') case $2 in
            *) kind=repos ;;
        esac ;;
        'hub cache rm') case $2 in
            *) kind=repos ;;
        esac ;;
        'hub cache prune') case $2 in
            *) kind=repos ;;
        esac ;;
        'hub cache verify') case $2 in
            *) kind=repos ;;
        esac ;;
        'hub cache import') case $2 in
            0) kind=any ;;
            *) kind=repos ;;
        esac ;;
        'hub login') case $2 in
            *) kind=any ;;
        esac ;;
        'hub logout') case $2 in
            0) kind=any ;;
        esac ;;
        'hub token use') case $2 in
            0) kind=any ;;
        esac ;;
        'hub token print') case $2 in
            0) kind=any ;;
        esac ;;
        'data head') case $2 in
            *) kind=any ;;
        esac ;;
        'data tail') case $2 in
            *) kind=any ;;
        esac ;;
        'data sample') case $2 in
            *) kind=any ;;
        esac ;;
        'data cat') case $2 in
            *) kind=any ;;
        esac ;;
        'data schema') case $2 in
            *) kind=any ;;
        esac ;;
        'data count') case $2 in
            *) kind=any ;;
        esac ;;
        'data info') case $2 in
            *) kind=any ;;
        esac ;;
        'data stats') case $2 in
            *) kind=any ;;
        esac ;;
        'data validate') case $2 in
            *) kind=any ;;
        esac ;;
        'data filter') case $2 in
            *) kind=any ;;
        esac ;;
        'data select') case $2 in
            *) kind=any ;;
        esac ;;
        'data map') case $2 in
            *) kind=any ;;
        esac ;;
        'data sql') case $2 in
            *) kind=any ;;
        esac ;;
        'data sort') case $2 in
            *) kind=any ;;
        esac ;;
        'data shuffle') case $2 in
            *) kind=any ;;
        esac ;;
        'data split') case $2 in
            *) kind=any ;;
        esac ;;
        'data concat') case $2 in
            *) kind=any ;;
        esac ;;
        'data mix') case $2 in
            *) kind=any ;;
        esac ;;
        'data dedup') case $2 in
            *) kind=any ;;
        esac ;;
        'data format') case $2 in
            *) kind=any ;;
        esac ;;
        'data convert') case $2 in
            *) kind=any ;;
        esac ;;
        'data view') case $2 in
            *) kind=any ;;
        esac ;;
        'data get') case $2 in
            0) kind=repos ;;
        esac ;;
        'data put') case $2 in
            0) kind=repos ;;
            *) kind=any ;;
        esac ;;
        'tok train') case $2 in
            0) kind=choice choices='bpe|bytebpe|wordpiece|unigram' ;;
            *) kind=files ;;
        esac ;;
        'tok encode') case $2 in
            *) kind=files ;;
        esac ;;
        'tok decode') case $2 in
            *) kind=files ;;
        esac ;;
        'tok count') case $2 in
            *) kind=files ;;
        esac ;;
        'tok chunk') case $2 in
            *) kind=files ;;
        esac ;;
        'tok pack') case $2 in
            *) kind=files ;;
        esac ;;
        'tok chat') case $2 in
            *) kind=files ;;
        esac ;;
        'tok add') case $2 in
            0) kind=models ;;
            *) kind=any ;;
        esac ;;
        'tok info') case $2 in
            0) kind=models ;;
        esac ;;
        'tok vocab') case $2 in
            0) kind=models ;;
        esac ;;
        'tok diff') case $2 in
            0) kind=models ;;
            1) kind=any ;;
        esac ;;
        'tok bench') case $2 in
            *) kind=files ;;
        esac ;;
        'tok convert') case $2 in
            0) kind=any ;;
        esac ;;
        'train sft') case $2 in
            0) kind=models ;;
            *) kind=files ;;
        esac ;;
        'train dpo') case $2 in
            0) kind=models ;;
            *) kind=files ;;
        esac ;;
        'train kto') case $2 in
            0) kind=models ;;
            *) kind=files ;;
        esac ;;
        'train reward') case $2 in
            0) kind=models ;;
            *) kind=files ;;
        esac ;;
        'train grpo') case $2 in
            0) kind=models ;;
            *) kind=files ;;
        esac ;;
        'train rloo') case $2 in
            0) kind=models ;;
            *) kind=files ;;
        esac ;;
        'train distill') case $2 in
            0) kind=models ;;
            *) kind=files ;;
        esac ;;
        'train clm') case $2 in
            0) kind=models ;;
            *) kind=files ;;
        esac ;;
        'train mlm') case $2 in
            0) kind=models ;;
            *) kind=files ;;
        esac ;;
        'train seq2seq') case $2 in
            0) kind=models ;;
            *) kind=files ;;
        esac ;;
        'train classify') case $2 in
            0) kind=models ;;
            *) kind=files ;;
        esac ;;
        'train tag') case $2 in
            0) kind=models ;;
            *) kind=files ;;
        esac ;;
        'train image') case $2 in
            0) kind=models ;;
            *) kind=files ;;
        esac ;;
        'train audio') case $2 in
            0) kind=models ;;
            *) kind=files ;;
        esac ;;
        'train launch') case $2 in
            0) kind=files ;;
            *) kind=any ;;
        esac ;;
        'train sbatch') case $2 in
            *) kind=any ;;
        esac ;;
        'train run') case $2 in
            0) kind=files ;;
        esac ;;
        'train sweep') case $2 in
            0) kind=files ;;
        esac ;;
        'train init') case $2 in
            0) kind=choice choices='sft|dpo|kto|reward|grpo|rloo|distill|clm|mlm|seq2seq|classify|tag|image|audio' ;;
            1) kind=models ;;
            2) kind=files ;;
        esac ;;
        'train schema') case $2 in
            0) kind=choice choices='sft|dpo|kto|reward|grpo|rloo|distill|clm|mlm|seq2seq|classify|tag|image|audio' ;;
            1) kind=any ;;
        esac ;;
        'train validate') case $2 in
            *) kind=files ;;
        esac ;;
        'train plan') case $2 in
            0) kind=files ;;
        esac ;;
        'train show') case $2 in
            0) kind=runs ;;
        esac ;;
        'train logs') case $2 in
            0) kind=runs ;;
        esac ;;
        'train attach') case $2 in
            0) kind=runs ;;
        esac ;;
        'train compare') case $2 in
            *) kind=runs ;;
        esac ;;
        'train plot') case $2 in
            *) kind=runs ;;
        esac ;;
        'train stop') case $2 in
            *) kind=runs ;;
        esac ;;
        'train resume') case $2 in
            0) kind=runs ;;
        esac ;;
        'train push') case $2 in
            0) kind=runs ;;
            1) kind=repos ;;
        esac ;;
        'train note') case $2 in
            0) kind=runs ;;
            *) kind=any ;;
        esac ;;
        'train rm') case $2 in
            *) kind=runs ;;
        esac ;;
        'peft methods') case $2 in
            0) kind=choice choices='none|adalora|adamss|adaption_prompt|beft|boft|c3a|cartridge|cpt|deft|delora|dora|eva|fourierft|frod|glora|gralora|hira|hra|ia3|lily|ln_tuning|loftq|loha|lokr|lora|miss|multitask_prompt_tuning|oft|olora|osf|p_tuning|peanut|pissa|poly|prefix_tuning|prompt_tuning|psoft|pvera|randlora|road|rslora|shadow|shira|supertuning|tinylora|trainable_tokens|unilora|vblora|vera|waveft|xlora' ;;
        esac ;;
        'peft params') case $2 in
            0) kind=models ;;
        esac ;;
        'peft plan') case $2 in
            0) kind=models ;;
        esac ;;
        'peft info') case $2 in
            0) kind=adapters ;;
        esac ;;
        'peft convert') case $2 in
            0) kind=adapters ;;
        esac ;;
        'peft merge') case $2 in
            0) kind=adapters ;;
        esac ;;
        'peft unload') case $2 in
            0) kind=models ;;
        esac ;;
        'peft combine') case $2 in
            *) kind=adapters ;;
        esac ;;
        'peft diff') case $2 in
            0) kind=models ;;
            1) kind=models ;;
        esac ;;
        'peft rescale') case $2 in
            0) kind=adapters ;;
        esac ;;
        'peft extract') case $2 in
            0) kind=models ;;
            1) kind=models ;;
        esac ;;
        'peft add') case $2 in
            0) kind=models ;;
        esac ;;
        chat) case $2 in
            0) kind=models ;;
        esac ;;
        mem) case $2 in
            0) kind=models ;;
        esac ;;
        eval) case $2 in
            *) kind=any ;;
        esac ;;
        ui) case $2 in
            *) kind=folders ;;
        esac ;;
        'config get') case $2 in
            0) kind=keys ;;
        esac ;;
        'config set') case $2 in
            0) kind=keys ;;
            1) kind=any ;;
        esac ;;
        completion) case $2 in
            0) kind=choice choices='bash|zsh|fish' ;;
        esac ;;
        help) case $2 in
            *) kind=commands ;;
        esac ;;
    esac
}

_hfterm_keys='format color progress model device gpu.interval hub.search.repo_type hub.search.author hub.search.filters hub.search.task hub.search.params hub.search.gated hub.search.sort hub.search.limit hub.search.format hub.search.quiet hub.search.verbose hub.search.debug hub.info.repo_type hub.info.revision hub.info.files hub.info.format hub.info.quiet hub.info.verbose hub.info.debug hub.card.repo_type hub.card.revision hub.card.raw hub.card.format hub.card.quiet hub.card.verbose hub.card.debug hub.ls.repo_type hub.ls.revision hub.ls.recursive hub.ls.long hub.ls.format hub.ls.quiet hub.ls.verbose hub.ls.debug hub.cat.repo_type hub.cat.revision hub.cat.span hub.cat.quiet hub.cat.verbose hub.cat.debug hub.inspect.repo_type hub.inspect.revision hub.inspect.file hub.inspect.tensors hub.inspect.depth hub.inspect.pattern hub.inspect.whole hub.inspect.format hub.inspect.quiet hub.inspect.verbose hub.inspect.debug hub.get.repo_type hub.get.revision hub.get.include hub.get.exclude hub.get.to hub.get.overwrite hub.get.dry_run hub.get.workers hub.get.connections hub.get.stall_timeout hub.get.retries hub.get.format hub.get.progress hub.get.quiet hub.get.verbose hub.get.debug hub.put.repo_type hub.put.revision hub.put.to hub.put.include hub.put.exclude hub.put.delete hub.put.create hub.put.private hub.put.sdk hub.put.secrets hub.put.jobs hub.put.message hub.put.description hub.put.pr hub.put.parent hub.put.dry_run hub.put.format hub.put.progress hub.put.quiet hub.put.verbose hub.put.debug hub.rm.whole hub.rm.repo_type hub.rm.revision hub.rm.message hub.rm.description hub.rm.pr hub.rm.parent hub.rm.yes hub.rm.dry_run hub.rm.format hub.rm.quiet hub.rm.verbose hub.rm.debug hub.create.repo_type hub.create.private hub.create.sdk hub.create.exist_ok hub.create.dry_run hub.create.format hub.create.quiet hub.create.verbose hub.create.debug hub.move.repo_type hub.move.dry_run hub.move.format hub.move.quiet hub.move.verbose hub.move.debug hub.branch.repo_type hub.branch.start hub.branch.delete hub.branch.exist_ok hub.branch.yes hub.branch.dry_run hub.branch.format hub.branch.quiet hub.branch.verbose hub.branch.debug hub.tag.repo_type hub.tag.start hub.tag.message hub.tag.delete hub.tag.exist_ok hub.tag.yes hub.tag.dry_run hub.tag.format hub.tag.quiet hub.tag.verbose hub.tag.debug hub.diff.repo_type hub.diff.patch hub.diff.include hub.diff.exclude hub.diff.exit_code hub.diff.format hub.diff.progress hub.diff.quiet hub.diff.verbose hub.diff.debug hub.cache.ls.kind hub.cache.ls.revisions hub.cache.ls.by hub.cache.ls.reverse hub.cache.ls.limit hub.cache.ls.format hub.cache.ls.quiet hub.cache.ls.verbose hub.cache.ls.debug hub.cache.du.each hub.cache.du.older hub.cache.du.format hub.cache.du.quiet hub.cache.du.verbose hub.cache.du.debug hub.cache.rm.kind hub.cache.rm.yes hub.cache.rm.dry_run hub.cache.rm.format hub.cache.rm.quiet hub.cache.rm.verbose hub.cache.rm.debug hub.cache.prune.older hub.cache.prune.xet hub.cache.prune.yes hub.cache.prune.dry_run hub.cache.prune.format hub.cache.prune.quiet hub.cache.prune.verbose hub.cache.prune.debug hub.cache.verify.kind hub.cache.verify.fix hub.cache.verify.hub hub.cache.verify.format hub.cache.verify.progress hub.cache.verify.quiet hub.cache.verify.verbose hub.cache.verify.debug hub.cache.import.name hub.cache.import.kind hub.cache.import.revision hub.cache.import.link hub.cache.import.overwrite hub.cache.import.dry_run hub.cache.import.format hub.cache.import.progress hub.cache.import.quiet hub.cache.import.verbose hub.cache.import.debug hub.login.name hub.login.check hub.login.format hub.login.quiet hub.login.verbose hub.login.debug hub.logout.everything hub.logout.format hub.logout.quiet hub.logout.verbose hub.logout.debug hub.whoami.format hub.whoami.quiet hub.whoami.verbose hub.whoami.debug hub.token.format hub.token.quiet hub.token.verbose hub.token.debug hub.token.use.quiet hub.token.use.verbose hub.token.use.debug hub.token.print.yes hub.token.print.quiet hub.token.print.verbose hub.token.print.debug hub.share.folder hub.share.host hub.share.port hub.share.token_file hub.share.writable hub.share.xet hub.share.format hub.share.quiet hub.share.verbose hub.share.debug data.head.input_format data.head.config data.head.split data.head.all_text data.head.skip_bad data.head.bad_file data.head.output data.head.overwrite data.head.count data.head.show data.head.format data.head.quiet data.head.verbose data.head.debug data.tail.input_format data.tail.config data.tail.split data.tail.all_text data.tail.skip_bad data.tail.bad_file data.tail.output data.tail.overwrite data.tail.count data.tail.format data.tail.quiet data.tail.verbose data.tail.debug data.sample.input_format data.sample.config data.sample.split data.sample.all_text data.sample.skip_bad data.sample.bad_file data.sample.output data.sample.overwrite data.sample.count data.sample.seed data.sample.format data.sample.quiet data.sample.verbose data.sample.debug data.cat.input_format data.cat.config data.cat.split data.cat.all_text data.cat.skip_bad data.cat.bad_file data.cat.output data.cat.overwrite data.cat.format data.cat.quiet data.cat.verbose data.cat.debug data.schema.input_format data.schema.config data.schema.split data.schema.all_text data.schema.skip_bad data.schema.bad_file data.schema.format data.schema.quiet data.schema.verbose data.schema.debug data.count.input_format data.count.config data.count.split data.count.all_text data.count.skip_bad data.count.bad_file data.count.format data.count.quiet data.count.verbose data.count.debug data.info.input_format data.info.config data.info.split data.info.all_text data.info.skip_bad data.info.bad_file data.info.each data.info.format data.info.quiet data.info.verbose data.info.debug data.stats.input_format data.stats.config data.stats.split data.stats.all_text data.stats.skip_bad data.stats.bad_file data.stats.columns data.stats.quantiles data.stats.model data.stats.format data.stats.quiet data.stats.verbose data.stats.debug data.validate.input_format data.validate.config data.validate.split data.validate.all_text data.validate.skip_bad data.validate.bad_file data.validate.kind data.validate.max_errors data.validate.format data.validate.quiet data.validate.verbose data.validate.debug data.filter.input_format data.filter.config data.filter.split data.filter.all_text data.filter.skip_bad data.filter.bad_file data.filter.output data.filter.overwrite data.filter.py data.filter.batched data.filter.batch_size data.filter.num_proc data.filter.engine data.filter.ray_address data.filter.format data.filter.quiet data.filter.verbose data.filter.debug data.select.input_format data.select.config data.select.split data.select.all_text data.select.skip_bad data.select.bad_file data.select.output data.select.overwrite data.select.format data.select.quiet data.select.verbose data.select.debug data.map.input_format data.map.config data.map.split data.map.all_text data.map.skip_bad data.map.bad_file data.map.output data.map.overwrite data.map.py data.map.batched data.map.batch_size data.map.num_proc data.map.replace data.map.engine data.map.ray_address data.map.format data.map.quiet data.map.verbose data.map.debug data.sql.input_format data.sql.config data.sql.split data.sql.all_text data.sql.skip_bad data.sql.bad_file data.sql.output data.sql.overwrite data.sql.format data.sql.quiet data.sql.verbose data.sql.debug data.sort.input_format data.sort.config data.sort.split data.sort.all_text data.sort.skip_bad data.sort.bad_file data.sort.output data.sort.overwrite data.sort.format data.sort.quiet data.sort.verbose data.sort.debug data.shuffle.input_format data.shuffle.config data.shuffle.split data.shuffle.all_text data.shuffle.skip_bad data.shuffle.bad_file data.shuffle.output data.shuffle.overwrite data.shuffle.seed data.shuffle.format data.shuffle.quiet data.shuffle.verbose data.shuffle.debug data.split.input_format data.split.config data.split.split data.split.all_text data.split.skip_bad data.split.bad_file data.split.folder data.split.test data.split.validation data.split.stratify data.split.group_by data.split.kind data.split.seed data.split.overwrite data.split.format data.split.quiet data.split.verbose data.split.debug data.concat.input_format data.concat.config data.concat.split data.concat.all_text data.concat.skip_bad data.concat.bad_file data.concat.output data.concat.overwrite data.concat.fill data.concat.format data.concat.quiet data.concat.verbose data.concat.debug data.mix.input_format data.mix.config data.mix.split data.mix.all_text data.mix.skip_bad data.mix.bad_file data.mix.output data.mix.overwrite data.mix.weights data.mix.stop data.mix.seed data.mix.format data.mix.quiet data.mix.verbose data.mix.debug data.dedup.input_format data.dedup.config data.dedup.split data.dedup.all_text data.dedup.skip_bad data.dedup.bad_file data.dedup.output data.dedup.overwrite data.dedup.by data.dedup.near data.dedup.shingle data.dedup.engine data.dedup.ray_address data.dedup.format data.dedup.quiet data.dedup.verbose data.dedup.debug data.format.input_format data.format.config data.format.split data.format.all_text data.format.skip_bad data.format.bad_file data.format.output data.format.overwrite data.format.to data.format.model data.format.keep data.format.format data.format.quiet data.format.verbose data.format.debug data.convert.input_format data.convert.config data.convert.split data.convert.all_text data.convert.skip_bad data.convert.bad_file data.convert.path data.convert.to data.convert.shards data.convert.max_shard_size data.convert.compression data.convert.row_group_size data.convert.overwrite data.convert.engine data.convert.ray_address data.convert.format data.convert.quiet data.convert.verbose data.convert.debug data.view.input_format data.view.config data.view.split data.view.theme data.view.quiet data.view.verbose data.view.debug data.get.config data.get.split data.get.output data.get.overwrite data.get.dry_run data.get.format data.get.progress data.get.quiet data.get.verbose data.get.debug data.put.split data.put.config data.put.max_shard_size data.put.private data.put.message data.put.input_format data.put.all_text data.put.skip_bad data.put.bad_file data.put.dry_run data.put.format data.put.progress data.put.quiet data.put.verbose data.put.debug tok.train.output tok.train.vocab_size tok.train.special tok.train.min_frequency tok.train.limit_alphabet tok.train.lowercase tok.train.column tok.train.input_format tok.train.config tok.train.split tok.train.skip_bad tok.train.overwrite tok.train.format tok.train.progress tok.train.quiet tok.train.verbose tok.train.debug tok.encode.model tok.encode.column tok.encode.tokens tok.encode.offsets tok.encode.special tok.encode.chat tok.encode.generation_prompt tok.encode.max_length tok.encode.keep tok.encode.engine tok.encode.input_format tok.encode.config tok.encode.split tok.encode.skip_bad tok.encode.format tok.encode.quiet tok.encode.verbose tok.encode.debug tok.decode.model tok.decode.column tok.decode.special tok.decode.keep tok.decode.input_format tok.decode.config tok.decode.split tok.decode.skip_bad tok.decode.format tok.decode.quiet tok.decode.verbose tok.decode.debug tok.count.model tok.count.column tok.count.each tok.count.special tok.count.engine tok.count.input_format tok.count.config tok.count.split tok.count.skip_bad tok.count.format tok.count.quiet tok.count.verbose tok.count.debug tok.chunk.model tok.chunk.size tok.chunk.overlap tok.chunk.by tok.chunk.splitter tok.chunk.language tok.chunk.column tok.chunk.keep tok.chunk.input_format tok.chunk.config tok.chunk.split tok.chunk.skip_bad tok.chunk.format tok.chunk.quiet tok.chunk.verbose tok.chunk.debug tok.pack.model tok.pack.output tok.pack.length tok.pack.form tok.pack.end tok.pack.no_end tok.pack.special tok.pack.tail tok.pack.shard_tokens tok.pack.column tok.pack.engine tok.pack.input_format tok.pack.config tok.pack.split tok.pack.skip_bad tok.pack.overwrite tok.pack.format tok.pack.progress tok.pack.quiet tok.pack.verbose tok.pack.debug tok.chat.model tok.chat.column tok.chat.generation_prompt tok.chat.ids tok.chat.keep tok.chat.engine tok.chat.input_format tok.chat.config tok.chat.split tok.chat.skip_bad tok.chat.format tok.chat.quiet tok.chat.verbose tok.chat.debug tok.add.output tok.add.special tok.add.overwrite tok.add.format tok.add.quiet tok.add.verbose tok.add.debug tok.info.format tok.info.quiet tok.info.verbose tok.info.debug tok.vocab.grep tok.vocab.ignore_case tok.vocab.added tok.vocab.format tok.vocab.quiet tok.vocab.verbose tok.vocab.debug tok.diff.sample tok.diff.column tok.diff.limit tok.diff.exit_code tok.diff.format tok.diff.quiet tok.diff.verbose tok.diff.debug tok.bench.model tok.bench.column tok.bench.megabytes tok.bench.rounds tok.bench.input_format tok.bench.config tok.bench.split tok.bench.skip_bad tok.bench.format tok.bench.progress tok.bench.quiet tok.bench.verbose tok.bench.debug tok.convert.output tok.convert.pattern tok.convert.special tok.convert.sample tok.convert.column tok.convert.allow_differences tok.convert.overwrite tok.convert.format tok.convert.quiet tok.convert.verbose tok.convert.debug train.sft.name train.sft.resume train.sft.chat_template train.sft.max_length train.sft.assistant_only_loss train.sft.config train.sft.split train.sft.eval_data train.sft.eval_split train.sft.columns train.sft.max_samples train.sft.peft train.sft.peft_set train.sft.load_in train.sft.learning_rate train.sft.num_train_epochs train.sft.max_steps train.sft.per_device_train_batch_size train.sft.gradient_accumulation_steps train.sft.gradient_checkpointing train.sft.warmup_steps train.sft.lr_scheduler_type train.sft.weight_decay train.sft.save_steps train.sft.keep train.sft.logging_steps train.sft.eval_steps train.sft.seed train.sft.skip_bad train.sft.device train.sft.launch train.sft.gpus train.sft.nproc train.sft.nodes train.sft.zero train.sft.offload train.sft.fsdp train.sft.max_restarts train.sft.dtype train.sft.report_to train.sft.hub_strategy train.sft.set train.sft.detach train.sft.after train.sft.after_any train.sft.when_free train.sft.retries train.sft.notify train.sft.push train.sft.private train.sft.dry_run train.sft.format train.sft.progress train.sft.quiet train.sft.verbose train.sft.debug train.dpo.name train.dpo.resume train.dpo.chat_template train.dpo.max_length train.dpo.beta train.dpo.loss_type train.dpo.config train.dpo.split train.dpo.eval_data train.dpo.eval_split train.dpo.columns train.dpo.max_samples train.dpo.peft train.dpo.peft_set train.dpo.load_in train.dpo.learning_rate train.dpo.num_train_epochs train.dpo.max_steps train.dpo.per_device_train_batch_size train.dpo.gradient_accumulation_steps train.dpo.gradient_checkpointing train.dpo.warmup_steps train.dpo.lr_scheduler_type train.dpo.weight_decay train.dpo.save_steps train.dpo.keep train.dpo.logging_steps train.dpo.eval_steps train.dpo.seed train.dpo.skip_bad train.dpo.device train.dpo.launch train.dpo.gpus train.dpo.nproc train.dpo.nodes train.dpo.zero train.dpo.offload train.dpo.fsdp train.dpo.max_restarts train.dpo.dtype train.dpo.report_to train.dpo.hub_strategy train.dpo.set train.dpo.detach train.dpo.after train.dpo.after_any train.dpo.when_free train.dpo.retries train.dpo.notify train.dpo.push train.dpo.private train.dpo.dry_run train.dpo.format train.dpo.progress train.dpo.quiet train.dpo.verbose train.dpo.debug train.kto.name train.kto.resume train.kto.chat_template train.kto.max_length train.kto.beta train.kto.desirable_weight train.kto.undesirable_weight train.kto.loss_type train.kto.config train.kto.split train.kto.eval_data train.kto.eval_split train.kto.columns train.kto.max_samples train.kto.peft train.kto.peft_set train.kto.load_in train.kto.learning_rate train.kto.num_train_epochs train.kto.max_steps train.kto.per_device_train_batch_size train.kto.gradient_accumulation_steps train.kto.gradient_checkpointing train.kto.warmup_steps train.kto.lr_scheduler_type train.kto.weight_decay train.kto.save_steps train.kto.keep train.kto.logging_steps train.kto.eval_steps train.kto.seed train.kto.skip_bad train.kto.device train.kto.launch train.kto.gpus train.kto.nproc train.kto.nodes train.kto.zero train.kto.offload train.kto.fsdp train.kto.max_restarts train.kto.dtype train.kto.report_to train.kto.hub_strategy train.kto.set train.kto.detach train.kto.after train.kto.after_any train.kto.when_free train.kto.retries train.kto.notify train.kto.push train.kto.private train.kto.dry_run train.kto.format train.kto.progress train.kto.quiet train.kto.verbose train.kto.debug train.reward.name train.reward.resume train.reward.chat_template train.reward.max_length train.reward.center_rewards_coefficient train.reward.config train.reward.split train.reward.eval_data train.reward.eval_split train.reward.columns train.reward.max_samples train.reward.peft train.reward.peft_set train.reward.load_in train.reward.learning_rate train.reward.num_train_epochs train.reward.max_steps train.reward.per_device_train_batch_size train.reward.gradient_accumulation_steps train.reward.gradient_checkpointing train.reward.warmup_steps train.reward.lr_scheduler_type train.reward.weight_decay train.reward.save_steps train.reward.keep train.reward.logging_steps train.reward.eval_steps train.reward.seed train.reward.skip_bad train.reward.device train.reward.launch train.reward.gpus train.reward.nproc train.reward.nodes train.reward.zero train.reward.offload train.reward.fsdp train.reward.max_restarts train.reward.dtype train.reward.report_to train.reward.hub_strategy train.reward.set train.reward.detach train.reward.after train.reward.after_any train.reward.when_free train.reward.retries train.reward.notify train.reward.push train.reward.private train.reward.dry_run train.reward.format train.reward.progress train.reward.quiet train.reward.verbose train.reward.debug train.grpo.name train.grpo.resume train.grpo.chat_template train.grpo.max_completion_length train.grpo.temperature train.grpo.reward train.grpo.reward_weight train.grpo.num_generations train.grpo.beta train.grpo.config train.grpo.split train.grpo.eval_data train.grpo.eval_split train.grpo.columns train.grpo.max_samples train.grpo.peft train.grpo.peft_set train.grpo.load_in train.grpo.learning_rate train.grpo.num_train_epochs train.grpo.max_steps train.grpo.per_device_train_batch_size train.grpo.gradient_accumulation_steps train.grpo.gradient_checkpointing train.grpo.warmup_steps train.grpo.lr_scheduler_type train.grpo.weight_decay train.grpo.save_steps train.grpo.keep train.grpo.logging_steps train.grpo.eval_steps train.grpo.seed train.grpo.skip_bad train.grpo.device train.grpo.launch train.grpo.gpus train.grpo.nproc train.grpo.nodes train.grpo.zero train.grpo.offload train.grpo.fsdp train.grpo.max_restarts train.grpo.dtype train.grpo.report_to train.grpo.hub_strategy train.grpo.set train.grpo.detach train.grpo.after train.grpo.after_any train.grpo.when_free train.grpo.retries train.grpo.notify train.grpo.push train.grpo.private train.grpo.dry_run train.grpo.format train.grpo.progress train.grpo.quiet train.grpo.verbose train.grpo.debug train.rloo.name train.rloo.resume train.rloo.chat_template train.rloo.max_completion_length train.rloo.temperature train.rloo.reward train.rloo.reward_weight train.rloo.num_generations train.rloo.beta train.rloo.config train.rloo.split train.rloo.eval_data train.rloo.eval_split train.rloo.columns train.rloo.max_samples train.rloo.peft train.rloo.peft_set train.rloo.load_in train.rloo.learning_rate train.rloo.num_train_epochs train.rloo.max_steps train.rloo.per_device_train_batch_size train.rloo.gradient_accumulation_steps train.rloo.gradient_checkpointing train.rloo.warmup_steps train.rloo.lr_scheduler_type train.rloo.weight_decay train.rloo.save_steps train.rloo.keep train.rloo.logging_steps train.rloo.eval_steps train.rloo.seed train.rloo.skip_bad train.rloo.device train.rloo.launch train.rloo.gpus train.rloo.nproc train.rloo.nodes train.rloo.zero train.rloo.offload train.rloo.fsdp train.rloo.max_restarts train.rloo.dtype train.rloo.report_to train.rloo.hub_strategy train.rloo.set train.rloo.detach train.rloo.after train.rloo.after_any train.rloo.when_free train.rloo.retries train.rloo.notify train.rloo.push train.rloo.private train.rloo.dry_run train.rloo.format train.rloo.progress train.rloo.quiet train.rloo.verbose train.rloo.debug train.distill.name train.distill.resume train.distill.chat_template train.distill.max_completion_length train.distill.temperature train.distill.teacher train.distill.beta train.distill.config train.distill.split train.distill.eval_data train.distill.eval_split train.distill.columns train.distill.max_samples train.distill.peft train.distill.peft_set train.distill.load_in train.distill.learning_rate train.distill.num_train_epochs train.distill.max_steps train.distill.per_device_train_batch_size train.distill.gradient_accumulation_steps train.distill.gradient_checkpointing train.distill.warmup_steps train.distill.lr_scheduler_type train.distill.weight_decay train.distill.save_steps train.distill.keep train.distill.logging_steps train.distill.eval_steps train.distill.seed train.distill.skip_bad train.distill.device train.distill.launch train.distill.gpus train.distill.nproc train.distill.nodes train.distill.zero train.distill.offload train.distill.fsdp train.distill.max_restarts train.distill.dtype train.distill.report_to train.distill.hub_strategy train.distill.set train.distill.detach train.distill.after train.distill.after_any train.distill.when_free train.distill.retries train.distill.notify train.distill.push train.distill.private train.distill.dry_run train.distill.format train.distill.progress train.distill.quiet train.distill.verbose train.distill.debug train.clm.name train.clm.resume train.clm.from_scratch train.clm.max_length train.clm.config train.clm.split train.clm.eval_data train.clm.eval_split train.clm.columns train.clm.max_samples train.clm.peft train.clm.peft_set train.clm.load_in train.clm.learning_rate train.clm.num_train_epochs train.clm.max_steps train.clm.per_device_train_batch_size train.clm.gradient_accumulation_steps train.clm.gradient_checkpointing train.clm.warmup_steps train.clm.lr_scheduler_type train.clm.weight_decay train.clm.save_steps train.clm.keep train.clm.logging_steps train.clm.eval_steps train.clm.seed train.clm.skip_bad train.clm.device train.clm.launch train.clm.gpus train.clm.nproc train.clm.nodes train.clm.zero train.clm.offload train.clm.fsdp train.clm.max_restarts train.clm.dtype train.clm.report_to train.clm.hub_strategy train.clm.set train.clm.detach train.clm.after train.clm.after_any train.clm.when_free train.clm.retries train.clm.notify train.clm.push train.clm.private train.clm.dry_run train.clm.format train.clm.progress train.clm.quiet train.clm.verbose train.clm.debug train.mlm.name train.mlm.resume train.mlm.from_scratch train.mlm.max_length train.mlm.mlm_probability train.mlm.whole_words train.mlm.config train.mlm.split train.mlm.eval_data train.mlm.eval_split train.mlm.columns train.mlm.max_samples train.mlm.peft train.mlm.peft_set train.mlm.load_in train.mlm.learning_rate train.mlm.num_train_epochs train.mlm.max_steps train.mlm.per_device_train_batch_size train.mlm.gradient_accumulation_steps train.mlm.gradient_checkpointing train.mlm.warmup_steps train.mlm.lr_scheduler_type train.mlm.weight_decay train.mlm.save_steps train.mlm.keep train.mlm.logging_steps train.mlm.eval_steps train.mlm.seed train.mlm.skip_bad train.mlm.device train.mlm.launch train.mlm.gpus train.mlm.nproc train.mlm.nodes train.mlm.zero train.mlm.offload train.mlm.fsdp train.mlm.max_restarts train.mlm.dtype train.mlm.report_to train.mlm.hub_strategy train.mlm.set train.mlm.detach train.mlm.after train.mlm.after_any train.mlm.when_free train.mlm.retries train.mlm.notify train.mlm.push train.mlm.private train.mlm.dry_run train.mlm.format train.mlm.progress train.mlm.quiet train.mlm.verbose train.mlm.debug train.seq2seq.name train.seq2seq.resume train.seq2seq.from_scratch train.seq2seq.metric train.seq2seq.max_length train.seq2seq.max_target_length train.seq2seq.source_prefix train.seq2seq.config train.seq2seq.split train.seq2seq.eval_data train.seq2seq.eval_split train.seq2seq.columns train.seq2seq.max_samples train.seq2seq.peft train.seq2seq.peft_set train.seq2seq.load_in train.seq2seq.learning_rate train.seq2seq.num_train_epochs train.seq2seq.max_steps train.seq2seq.per_device_train_batch_size train.seq2seq.gradient_accumulation_steps train.seq2seq.gradient_checkpointing train.seq2seq.warmup_steps train.seq2seq.lr_scheduler_type train.seq2seq.weight_decay train.seq2seq.save_steps train.seq2seq.keep train.seq2seq.logging_steps train.seq2seq.eval_steps train.seq2seq.seed train.seq2seq.skip_bad train.seq2seq.device train.seq2seq.launch train.seq2seq.gpus train.seq2seq.nproc train.seq2seq.nodes train.seq2seq.zero train.seq2seq.offload train.seq2seq.fsdp train.seq2seq.max_restarts train.seq2seq.dtype train.seq2seq.report_to train.seq2seq.hub_strategy train.seq2seq.set train.seq2seq.detach train.seq2seq.after train.seq2seq.after_any train.seq2seq.when_free train.seq2seq.retries train.seq2seq.notify train.seq2seq.push train.seq2seq.private train.seq2seq.dry_run train.seq2seq.format train.seq2seq.progress train.seq2seq.quiet train.seq2seq.verbose train.seq2seq.debug train.classify.name train.classify.resume train.classify.from_scratch train.classify.metric train.classify.max_length train.classify.problem_type train.classify.config train.classify.split train.classify.eval_data train.classify.eval_split train.classify.columns train.classify.max_samples train.classify.peft train.classify.peft_set train.classify.load_in train.classify.learning_rate train.classify.num_train_epochs train.classify.max_steps train.classify.per_device_train_batch_size train.classify.gradient_accumulation_steps train.classify.gradient_checkpointing train.classify.warmup_steps train.classify.lr_scheduler_type train.classify.weight_decay train.classify.save_steps train.classify.keep train.classify.logging_steps train.classify.eval_steps train.classify.seed train.classify.skip_bad train.classify.device train.classify.launch train.classify.gpus train.classify.nproc train.classify.nodes train.classify.zero train.classify.offload train.classify.fsdp train.classify.max_restarts train.classify.dtype train.classify.report_to train.classify.hub_strategy train.classify.set train.classify.detach train.classify.after train.classify.after_any train.classify.when_free train.classify.retries train.classify.notify train.classify.push train.classify.private train.classify.dry_run train.classify.format train.classify.progress train.classify.quiet train.classify.verbose train.classify.debug train.tag.name train.tag.resume train.tag.from_scratch train.tag.metric train.tag.max_length train.tag.config train.tag.split train.tag.eval_data train.tag.eval_split train.tag.columns train.tag.max_samples train.tag.peft train.tag.peft_set train.tag.load_in train.tag.learning_rate train.tag.num_train_epochs train.tag.max_steps train.tag.per_device_train_batch_size train.tag.gradient_accumulation_steps train.tag.gradient_checkpointing train.tag.warmup_steps train.tag.lr_scheduler_type train.tag.weight_decay train.tag.save_steps train.tag.keep train.tag.logging_steps train.tag.eval_steps train.tag.seed train.tag.skip_bad train.tag.device train.tag.launch train.tag.gpus train.tag.nproc train.tag.nodes train.tag.zero train.tag.offload train.tag.fsdp train.tag.max_restarts train.tag.dtype train.tag.report_to train.tag.hub_strategy train.tag.set train.tag.detach train.tag.after train.tag.after_any train.tag.when_free train.tag.retries train.tag.notify train.tag.push train.tag.private train.tag.dry_run train.tag.format train.tag.progress train.tag.quiet train.tag.verbose train.tag.debug train.image.name train.image.resume train.image.from_scratch train.image.metric train.image.augment train.image.config train.image.split train.image.eval_data train.image.eval_split train.image.columns train.image.max_samples train.image.peft train.image.peft_set train.image.load_in train.image.learning_rate train.image.num_train_epochs train.image.max_steps train.image.per_device_train_batch_size train.image.gradient_accumulation_steps train.image.gradient_checkpointing train.image.warmup_steps train.image.lr_scheduler_type train.image.weight_decay train.image.save_steps train.image.keep train.image.logging_steps train.image.eval_steps train.image.seed train.image.skip_bad train.image.device train.image.launch train.image.gpus train.image.nproc train.image.nodes train.image.zero train.image.offload train.image.fsdp train.image.max_restarts train.image.dtype train.image.report_to train.image.hub_strategy train.image.set train.image.detach train.image.after train.image.after_any train.image.when_free train.image.retries train.image.notify train.image.push train.image.private train.image.dry_run train.image.format train.image.progress train.image.quiet train.image.verbose train.image.debug train.audio.name train.audio.resume train.audio.from_scratch train.audio.metric train.audio.max_seconds train.audio.config train.audio.split train.audio.eval_data train.audio.eval_split train.audio.columns train.audio.max_samples train.audio.peft train.audio.peft_set train.audio.load_in train.audio.learning_rate train.audio.num_train_epochs train.audio.max_steps train.audio.per_device_train_batch_size train.audio.gradient_accumulation_steps train.audio.gradient_checkpointing train.audio.warmup_steps train.audio.lr_scheduler_type train.audio.weight_decay train.audio.save_steps train.audio.keep train.audio.logging_steps train.audio.eval_steps train.audio.seed train.audio.skip_bad train.audio.device train.audio.launch train.audio.gpus train.audio.nproc train.audio.nodes train.audio.zero train.audio.offload train.audio.fsdp train.audio.max_restarts train.audio.dtype train.audio.report_to train.audio.hub_strategy train.audio.set train.audio.detach train.audio.after train.audio.after_any train.audio.when_free train.audio.retries train.audio.notify train.audio.push train.audio.private train.audio.dry_run train.audio.format train.audio.progress train.audio.quiet train.audio.verbose train.audio.debug train.launch.module train.launch.nproc train.launch.gpus train.launch.nodes train.launch.nnodes train.launch.node_rank train.launch.rdzv train.launch.mixed_precision train.launch.zero train.launch.offload train.launch.fsdp train.launch.max_restarts train.launch.config train.launch.log_dir train.launch.name train.launch.detach train.launch.after train.launch.after_any train.launch.when_free train.launch.retries train.launch.notify train.launch.dry_run train.launch.format train.launch.quiet train.launch.verbose train.launch.debug train.sbatch.nodes train.sbatch.gpus train.sbatch.cpus train.sbatch.mem train.sbatch.time train.sbatch.partition train.sbatch.account train.sbatch.name train.sbatch.before train.sbatch.no_requeue train.sbatch.more train.sbatch.setup train.sbatch.output train.sbatch.overwrite train.sbatch.quiet train.sbatch.verbose train.sbatch.debug train.run.settings train.run.name train.run.resume train.run.detach train.run.after train.run.after_any train.run.when_free train.run.retries train.run.notify train.run.push train.run.private train.run.dry_run train.run.format train.run.progress train.run.quiet train.run.verbose train.run.debug train.sweep.grid train.sweep.settings train.sweep.name train.sweep.sample train.sweep.sort train.sweep.detach train.sweep.after train.sweep.after_any train.sweep.when_free train.sweep.retries train.sweep.notify train.sweep.push train.sweep.private train.sweep.dry_run train.sweep.format train.sweep.progress train.sweep.quiet train.sweep.verbose train.sweep.debug train.init.output train.init.toml train.init.format train.init.quiet train.init.verbose train.init.debug train.schema.everything train.schema.search train.schema.format train.schema.quiet train.schema.verbose train.schema.debug train.validate.format train.validate.quiet train.validate.verbose train.validate.debug train.plan.settings train.plan.gpus train.plan.host train.plan.fit train.plan.format train.plan.quiet train.plan.verbose train.plan.debug train.ls.format train.ls.quiet train.ls.verbose train.ls.debug train.show.format train.show.quiet train.show.verbose train.show.debug train.logs.follow train.logs.events train.logs.lines train.logs.format train.logs.quiet train.logs.verbose train.logs.debug train.attach.lines train.attach.format train.attach.progress train.attach.quiet train.attach.verbose train.attach.debug train.compare.everything train.compare.format train.compare.quiet train.compare.verbose train.compare.debug train.plot.metric train.plot.log_y train.plot.smooth train.plot.start train.plot.end train.plot.follow train.plot.ascii train.plot.width train.plot.height train.plot.format train.plot.quiet train.plot.verbose train.plot.debug train.stop.grace train.stop.kill train.stop.dry_run train.stop.format train.stop.quiet train.stop.verbose train.stop.debug train.resume.follow train.resume.changed_reward train.resume.detach train.resume.after train.resume.after_any train.resume.when_free train.resume.retries train.resume.notify train.resume.push train.resume.private train.resume.format train.resume.quiet train.resume.verbose train.resume.debug train.push.checkpoint train.push.private train.push.message train.push.card train.push.dry_run train.push.format train.push.progress train.push.quiet train.push.verbose train.push.debug train.note.clear train.note.format train.note.quiet train.note.verbose train.note.debug train.rm.yes train.rm.dry_run train.rm.format train.rm.quiet train.rm.verbose train.rm.debug peft.methods.again peft.methods.format peft.methods.quiet peft.methods.verbose peft.methods.debug peft.params.method peft.params.settings peft.params.task peft.params.each peft.params.format peft.params.quiet peft.params.verbose peft.params.debug peft.plan.recipe peft.plan.chosen peft.plan.settings peft.plan.every peft.plan.batch peft.plan.length peft.plan.checkpointing peft.plan.gpus peft.plan.host peft.plan.fit peft.plan.format peft.plan.quiet peft.plan.verbose peft.plan.debug peft.info.base peft.info.layers peft.info.each peft.info.load peft.info.allow_pickle peft.info.format peft.info.progress peft.info.quiet peft.info.verbose peft.info.debug peft.convert.to peft.convert.path peft.convert.base peft.convert.dtype peft.convert.part peft.convert.verify peft.convert.allow_pickle peft.convert.overwrite peft.convert.format peft.convert.progress peft.convert.quiet peft.convert.verbose peft.convert.debug peft.merge.output peft.merge.base peft.merge.dtype peft.merge.max_shard_size peft.merge.verify peft.merge.allow_pickle peft.merge.device peft.merge.overwrite peft.merge.format peft.merge.progress peft.merge.quiet peft.merge.verbose peft.merge.debug peft.unload.adapter peft.unload.base peft.unload.output peft.unload.max_shard_size peft.unload.overwrite peft.unload.format peft.unload.progress peft.unload.quiet peft.unload.verbose peft.unload.debug peft.combine.output peft.combine.how peft.combine.density peft.combine.rank peft.combine.majority_sign_method peft.combine.seed peft.combine.base peft.combine.dry_run peft.combine.overwrite peft.combine.format peft.combine.quiet peft.combine.verbose peft.combine.debug peft.diff.limit peft.diff.exit_code peft.diff.format peft.diff.progress peft.diff.quiet peft.diff.verbose peft.diff.debug peft.rescale.output peft.rescale.scale peft.rescale.alpha peft.rescale.rank peft.rescale.dry_run peft.rescale.overwrite peft.rescale.format peft.rescale.quiet peft.rescale.verbose peft.rescale.debug peft.extract.output peft.extract.rank peft.extract.targets peft.extract.save_modules peft.extract.no_check peft.extract.dry_run peft.extract.overwrite peft.extract.format peft.extract.progress peft.extract.quiet peft.extract.verbose peft.extract.debug peft.add.output peft.add.method peft.add.settings peft.add.task peft.add.seed peft.add.dry_run peft.add.overwrite peft.add.format peft.add.quiet peft.add.verbose peft.add.debug chat.prompt chat.system chat.max_new_tokens chat.temperature chat.top_p chat.seed chat.device chat.url chat.last chat.session chat.no_save chat.list_ chat.search chat.limit chat.export chat.output chat.delete chat.yes chat.format chat.quiet chat.verbose chat.debug mem.purpose mem.task mem.peft mem.peft_set mem.batch mem.length mem.target_length mem.accumulation mem.dtype mem.mixed mem.checkpointing mem.attention mem.optimizer mem.no_foreach mem.load_in mem.zero mem.fsdp mem.offload mem.gpus mem.host mem.fit mem.format mem.quiet mem.verbose mem.debug eval.metrics eval.list_ eval.prediction eval.reference eval.against eval.average eval.positive eval.input_format eval.skip_bad eval.model eval.task eval.batch_size eval.max_length eval.split eval.device eval.format eval.progress eval.quiet eval.verbose eval.debug demo.data demo.ask demo.expect demo.steps demo.fresh demo.dry_run demo.device demo.format demo.progress demo.quiet demo.verbose demo.debug ui.screen ui.demo ui.readonly ui.mouse ui.glyphs ui.theme ui.interval ui.keymap ui.keys ui.format ui.quiet ui.verbose ui.debug gpu.watch gpu.count gpu.format gpu.quiet gpu.verbose gpu.debug gpu.procs.format gpu.procs.quiet gpu.procs.verbose gpu.procs.debug gpu.wait.free gpu.wait.gpus gpu.wait.util_below gpu.wait.timeout gpu.wait.interval gpu.wait.uuid gpu.wait.format gpu.wait.quiet gpu.wait.verbose gpu.wait.debug doctor.offline doctor.only doctor.format doctor.quiet doctor.verbose doctor.debug config.ls.everything config.ls.format config.ls.quiet config.ls.verbose config.ls.debug config.get.format config.get.quiet config.get.verbose config.get.debug config.set.unset config.set.project config.set.format config.set.quiet config.set.verbose config.set.debug config.edit.project config.edit.quiet config.edit.verbose config.edit.debug config.path.project config.path.quiet config.path.verbose config.path.debug completion.wanted completion.dry_run completion.quiet completion.verbose completion.debug help.quiet help.verbose help.debug'

# Words of the line $1 without quotes; the last is being typed. bash's own COMP_WORDS are broken at : and =.
_hfterm_split() {
    local line=$1 length=${#1} i=0 word='' some='' skip='' depth c
    words=() quote='' redirect=''
    while ((i < length)); do
        c=${line:i:1}
        i=$((i + 1))
        if [[ $c == '(' && $quote != "'" && $word == *[\$\<\>] ]]; then
            # A substitution is part of its word, whatever it holds.
            depth=1 word+=$c
            while ((i < length && depth)); do
                c=${line:i:1}
                i=$((i + 1))
                word+=$c
                case $c in '(') depth=$((depth + 1)) ;; ')') depth=$((depth - 1)) ;; esac
            done
            continue
        fi
        case $quote$c in
            "''" | '""') quote='' ;;
            '\' | '"\')
                c=${line:i:1}
                i=$((i + 1))
                [[ $quote && $c != [\"\\\$\`] ]] && word+='\'
                word+=$c some=1
                ;;
            "'" | '"') quote=$c some=1 ;;
            [$' \t\n'])
                if [[ $some ]]; then
                    [[ $skip ]] || words+=("$word")
                    word='' some='' skip=''
                fi
                ;;
            [\<\>])
                if [[ ${line:i:1} == '(' ]]; then
                    word+=$c some=1
                else
                    # The file of a redirection is no argument.
                    [[ $some && $word != *[!0-9\&]* ]] || [[ ! $some ]] || words+=("$word")
                    while [[ ${line:i:1} == [\<\>\&\|] ]]; do i=$((i + 1)); done
                    while [[ ${line:i:1} == [$' \t'] ]]; do i=$((i + 1)); done
                    word='' some=1 skip=1
                fi
                ;;
            *) word+=$c some=1 ;;
        esac
    done
    [[ $skip ]] && redirect=1
    words+=("$word")
}

# Offer the candidates $2... that begin with the current word; $1 stands before each (an option and =).
_hfterm_offer() {
    local lead=$1 full
    shift
    for full; do
        full=$lead$full
        [[ $full == "$typed"* ]] || continue
        full=${full#"$base"}
        if [[ $full == *[!A-Za-z0-9_./:@=+,%-]* ]]; then
            case $quote in
                '') printf -v full %q "$full" ;;
                "'") full=${full//"'"/"'\\''"} ;;
                '"')
                    full=${full//'\'/'\\'}
                    full=${full//'"'/'\"'}
                    full=${full//'$'/'\$'}
                    full=${full//'`'/'\`'}
                    ;;
            esac
        fi
        COMPREPLY+=("$full")
    done
    if ((${#COMPREPLY[@]} == 1)) && [[ ${COMPREPLY[0]} == *[/.=] ]]; then
        compopt -o nospace 2>/dev/null
    fi
}

# Offer values of $kind for the text $2, with $1 before each.
_hfterm_value() {
    local lead=$1 text=$2 IFS=$' \t\n' program=hfterm key rest seen=' ' flags=$-
    local -a found
    case $kind in
        choice)
            IFS='|'
            found=($choices)
            _hfterm_offer "$lead" "${found[@]}"
            ;;
        keys)
            # One level at a time: there is a key for every option of every command.
            for key in $_hfterm_keys; do
                [[ $key == "$text"* ]] || continue
                rest=${key#"$text"}
                [[ $rest == *.* ]] && key=$text${rest%%.*}.
                [[ $seen == *" $key "* ]] && continue
                seen+="$key "
                found+=("$key")
            done
            _hfterm_offer "$lead" "${found[@]}"
            ;;
        files) compopt -o default 2>/dev/null ;;
        folders) compopt -o dirnames 2>/dev/null ;;
        any | '') ;;
        *)
            if [[ $text != [./~]* ]]; then
                [[ ${words[0]} == */* && -x ${words[0]} ]] && program=${words[0]}
                IFS=$'\n'
                set -f
                found=($("$program" __complete "$kind" "$text" "${words[@]:1}" 2>/dev/null))
                [[ $flags == *f* ]] || set +f
                _hfterm_offer "$lead" "${found[@]}"
            fi
            # A folder will do for a model; readline completes it when nothing was found.
            [[ $kind == runs || $kind == repo* || $kind == *keys ]] || compopt -o default 2>/dev/null
            ;;
    esac
}

# Offer the options not given yet.
_hfterm_options() {
    local IFS=$' \t\n' group spelling used flags=$-
    local -a found
    set -f
    for group in $opts; do
        used=''
        IFS=,
        for spelling in ${group#\*}; do
            [[ $group != \** && $given == *" $spelling "* ]] && used=1
        done
        [[ $used ]] || found+=(${group#\*})
    done
    [[ $flags == *f* ]] || set +f
    _hfterm_offer '' "${found[@]}"
}

_hfterm() {
    local IFS=$' \t\n' quote redirect typed base path='' given=' ' plain='' subs opts kind choices
    local i j word count pending=0 position=0
    local -a words
    COMPREPLY=()
    # What readline replaces is only the end of the word: $2, after the last : or =.
    _hfterm_split "$2"
    base=${words[${#words[@]} - 1]}
    _hfterm_split "${COMP_LINE:0:COMP_POINT}"
    typed=${words[${#words[@]} - 1]}
    [[ $typed == *"$2" ]] && base=$2 # in quotes: a space in it parts no words
    [[ $typed == *"$base" ]] && base=${typed:0:${#typed}-${#base}} || base=''
    if [[ $redirect ]]; then
        compopt -o default 2>/dev/null
        return
    fi
    _hfterm_command ''
    for ((i = 1; i < ${#words[@]} - 1; i++)); do
        word=${words[i]}
        if ((pending)); then
            pending=$((pending - 1))
        elif [[ ! $plain && $word == -?* ]]; then
            case $word in
                --) plain=1 ;;
                --*=*) given+="${word%%=*} " ;;
                --*)
                    given+="$word "
                    _hfterm_option "$path" "$word"
                    pending=$count
                    ;;
                *)
                    for ((j = 1; j < ${#word}; j++)); do
                        given+="-${word:j:1} "
                        _hfterm_option "$path" "-${word:j:1}"
                        ((count)) || continue
                        pending=$count
                        ((j + 1 < ${#word})) && pending=$((count - 1))
                        break
                    done
                    ;;
            esac
        elif [[ $subs ]]; then
            [[ " $subs " == *" $word "* ]] || return
            path=${path:+$path }$word plain='' position=0
            _hfterm_command "$path"
        else
            position=$((position + 1))
        fi
    done
    if ((pending)); then
        _hfterm_value '' "$typed"
    elif [[ ! $plain && $typed == --*=* ]]; then
        _hfterm_option "$path" "${typed%%=*}"
        _hfterm_value "${typed%%=*}=" "${typed#*=}"
    elif [[ ! $plain && $typed == -* ]]; then
        for ((j = 1; j + 1 < ${#typed}; j++)); do
            [[ $typed == --* ]] && break
            _hfterm_option "$path" "-${typed:j:1}"
            if ((count)); then
                _hfterm_value "${typed:0:j+1}" "${typed:j+1}"
                return
            fi
        done
        _hfterm_options
    elif [[ $subs ]]; then
        _hfterm_offer '' $subs
    else
        _hfterm_argument "$path" "$position"
        if [[ ! $kind && ! $plain && ! $typed ]]; then
            _hfterm_options
        else
            _hfterm_value '' "$typed"
        fi
    fi
}

if type compopt >/dev/null 2>&1; then
    complete -F _hfterm hfterm
else
    complete -o default -F _hfterm hfterm
fi
