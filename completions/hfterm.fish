# fish completion for hfterm (fish 3.2 or later); written by 'hfterm completion fish'.
# Commands, options and fixed values stand here; only models, repositories, runs, adapters and settings are asked of it.

# The verbs and options (spellings of one joined by commas, * before what may be repeated) of command $argv[1].
function __hfterm_command --no-scope-shadowing
    set subs
    set opts
    switch $argv[1]
        case ''
            set subs 'hub	Models and data sets: search, look, get, share' 'data	Rows of any format: look, pick, shape, convert' 'tok	Tokenizers: train, compare; encode, count, chunk, pack' 'train	Fine-tune models, and follow the runs' 'peft	Adapters: methods, counts, a look inside, merge' 'chat	Ask a model, once or in a conversation' 'mem	Predict what a model needs of GPUs to be trained or run' 'eval	Score predictions, or a model on records: accuracy, F1, loss' 'demo	Fine-tune a small model here, from nothing to a right answer' 'ui	Open the dashboard: GPUs, training runs, chat' 'gpu	Show GPUs, or CPU and memory where there are none; wait for one' 'doctor	Check Python, libraries, accelerators, disk, network and terminal' 'config	Settings and where each value comes from' 'completion	Print or install the completion script of a shell' 'help	Explain a topic or a command'
            set opts '--version	Print the version and exit' '-q,--quiet	Say only errors' '-v,--verbose	Say more' '--debug	Show tracebacks and everything' '--help	Show this message and exit'
        case 'hub'
            set subs 'search	Search models, data sets and spaces' 'info	Show what a repository is: task, size, licence, parameters' 'card	Read a repository\'s card' 'ls	List the files of a repository with their sizes' 'cat	Write a file of a repository, or a range of its bytes' 'inspect	Show what is in weights and data files; only their headers are read' 'get	Get files or whole repositories; goes on where it stopped' 'put	Send files and folders to a repository' 'rm	Remove files of a repository, or all of it' 'create	Make a repository' 'move	Rename a repository, or give it to another owner' 'branch	List, make or remove branches of a repository' 'tag	List, make or remove tags of a repository' 'diff	Show what differs between two revisions, or a folder and a repository' 'cache	What is cached: list, measure, remove, check, import' 'login	Log in to the Hub: keep a token from a prompt or a pipe' 'logout	Forget the token in use, one by name, or all' 'whoami	Show whose token is in use, and what it may do' 'token	List the kept tokens, masked; choose one, print one' 'share	Serve a cache or a store as a Hub, to machines without internet'
            set opts '--help	Show this message and exit'
        case 'hub search'
            set subs 
            set opts '-t,--type	Kind' '--author	Of this user or organisation' '*--filter	With this tag: gguf, en, license:mit ... Repeat' '--task	For this task: text-generation, text-classification ...' '--params	So many parameters: min:1B,max:8B' '--gated,--no-gated	Only gated ones; only open ones' '--sort	Highest first' '-n,--limit	So many at most' '-f,--format	Output format' '-q,--quiet	Say only errors' '-v,--verbose	Say more' '--debug	Show tracebacks and everything' '--help	Show this message and exit'
        case 'hub info'
            set subs 
            set opts '-t,--type	Kind' '-r,--revision	Branch, tag or commit' '--files	List the files too' '-f,--format	Output format' '-q,--quiet	Say only errors' '-v,--verbose	Say more' '--debug	Show tracebacks and everything' '--help	Show this message and exit'
        case 'hub card'
            set subs 
            set opts '-t,--type	Kind' '-r,--revision	Branch, tag or commit' '--raw	As it is written, on a terminal too' '-f,--format	Output format' '-q,--quiet	Say only errors' '-v,--verbose	Say more' '--debug	Show tracebacks and everything' '--help	Show this message and exit'
        case 'hub ls'
            set subs 
            set opts '-t,--type	Kind' '-r,--revision	Branch, tag or commit' '-R,--recursive	All folders, as a tree on a terminal' '-l,--long	With hashes, and who changed each last' '-f,--format	Output format' '-q,--quiet	Say only errors' '-v,--verbose	Say more' '--debug	Show tracebacks and everything' '--help	Show this message and exit'
        case 'hub cat'
            set subs 
            set opts '-t,--type	Kind' '-r,--revision	Branch, tag or commit' '--range	Only these: 0-1023, 1024-, or -512 for the last 512' '-q,--quiet	Say only errors' '-v,--verbose	Say more' '--debug	Show tracebacks and everything' '--help	Show this message and exit'
        case 'hub inspect'
            set subs 
            set opts '-t,--type	Kind' '-r,--revision	Branch, tag or commit' '--file	Of this file, where there are several: \'*Q4_K_M.gguf\'' '-l,--tensors	A row a tensor, or a column: name, dtype, shape, bytes' '--depth	A row a module, so many levels deep' '--filter	Only tensors so named: \'*.q_proj.weight\'' '--all	Read the footers of all Parquet files, not of the first 100' '-f,--format	Output format' '-q,--quiet	Say only errors' '-v,--verbose	Say more' '--debug	Show tracebacks and everything' '--help	Show this message and exit'
        case 'hub get'
            set subs 
            set opts '-t,--type	Kind' '-r,--revision	Branch, tag or commit' '*--include	Only files that match, as \'*.json\'; repeatable' '*--exclude	No files that match; repeatable' '--to	Into this folder' '--overwrite	With --to: replace files that are not the repository\'s' '-n,--dry-run	Say what would be done; do nothing' '--workers	Files at once' '--connections	For each large file' '--stall-timeout	Without a byte for so long, connect again' '--retries	Failures in a row to bear, by waiting' '-f,--format	Output format' '--progress	How to show progress' '-q,--quiet	Say only errors' '-v,--verbose	Say more' '--debug	Show tracebacks and everything' '--help	Show this message and exit'
        case 'hub put'
            set subs 
            set opts '-t,--type	Kind' '-r,--revision	Branch, tag or commit' '--to	Where to in the repository: a folder, or one file\'s new name' '*--include	Only files like this: \'*.json\'. Repeat' '*--exclude	No files like this. Repeat' '*--delete	Remove files like this that are not sent. Repeat' '--create	Make the repository, or the branch, if there is none' '--private,--public	How to make it' '--sdk	What a space made by --create runs on' '--secrets	Send files that may hold secrets, too' '-j,--jobs	Large files at once' '-m,--message	The commit\'s title' '--description	The commit\'s further lines' '--pr	Propose it: a pull request instead of a commit' '--parent	Only if the branch still is at this commit' '-n,--dry-run	Say what would be done; do nothing' '-f,--format	Output format' '--progress	How to show progress' '-q,--quiet	Say only errors' '-v,--verbose	Say more' '--debug	Show tracebacks and everything' '--help	Show this message and exit'
        case 'hub rm'
            set subs 
            set opts '--repo	The whole repository, with its history' '-t,--type	Kind' '-r,--revision	Branch, tag or commit' '-m,--message	The commit\'s title' '--description	The commit\'s further lines' '--pr	Propose it: a pull request instead of a commit' '--parent	Only if the branch still is at this commit' '-y,--yes	Do not ask' '-n,--dry-run	Say what would be done; do nothing' '-f,--format	Output format' '-q,--quiet	Say only errors' '-v,--verbose	Say more' '--debug	Show tracebacks and everything' '--help	Show this message and exit'
        case 'hub create'
            set subs 
            set opts '-t,--type	Kind' '--private,--public	Who may see it' '--sdk	What a space runs on' '--exist-ok	Take one that exists as it is' '-n,--dry-run	Say what would be done; do nothing' '-f,--format	Output format' '-q,--quiet	Say only errors' '-v,--verbose	Say more' '--debug	Show tracebacks and everything' '--help	Show this message and exit'
        case 'hub move'
            set subs 
            set opts '-t,--type	Kind' '-n,--dry-run	Say what would be done; do nothing' '-f,--format	Output format' '-q,--quiet	Say only errors' '-v,--verbose	Say more' '--debug	Show tracebacks and everything' '--help	Show this message and exit'
        case 'hub branch'
            set subs 
            set opts '-t,--type	Kind' '--from	Where it begins: branch, tag or commit' '-d,--delete	Remove it instead; asks first' '--exist-ok	Take one that exists as it is' '-y,--yes	Do not ask' '-n,--dry-run	Say what would be done; do nothing' '-f,--format	Output format' '-q,--quiet	Say only errors' '-v,--verbose	Say more' '--debug	Show tracebacks and everything' '--help	Show this message and exit'
        case 'hub tag'
            set subs 
            set opts '-t,--type	Kind' '--from	What it names: branch or commit' '-m,--message	What it stands for' '-d,--delete	Remove it instead; asks first' '--exist-ok	Take one that exists as it is' '-y,--yes	Do not ask' '-n,--dry-run	Say what would be done; do nothing' '-f,--format	Output format' '-q,--quiet	Say only errors' '-v,--verbose	Say more' '--debug	Show tracebacks and everything' '--help	Show this message and exit'
        case 'hub diff'
            set subs 
            set opts '-t,--type	Kind' '-p,--text	Show small text files line by line, as a unified diff' '*--include	Only files like this: \'*.json\'. Repeat' '*--exclude	No files like this. Repeat' '--exit-code	Exit with 1 if anything differs' '-f,--format	Output format' '--progress	How to show progress' '-q,--quiet	Say only errors' '-v,--verbose	Say more' '--debug	Show tracebacks and everything' '--help	Show this message and exit'
        case 'hub cache'
            set subs 'ls	List what is in the caches: size, files, last use' 'du	Sum up the caches, and what a prune would free' 'rm	Remove repositories, revisions or files from the caches' 'prune	Remove what the caches can do without' 'verify	Check cached files against their hashes' 'import	Import repositories from a cache, an archive or a folder'
            set opts '--help	Show this message and exit'
        case 'hub cache ls'
            set subs 
            set opts '-t,--type	Only of this kind' '--revisions	A row a revision; those without a reference can be pruned' '--sort	Largest, or latest, first' '--reverse	The other way round' '-n,--limit	So many at most' '-f,--format	Output format' '-q,--quiet	Say only errors' '-v,--verbose	Say more' '--debug	Show tracebacks and everything' '--help	Show this message and exit'
        case 'hub cache du'
            set subs 
            set opts '-a,--all	A row a repository, the largest first' '--older	Leave partial files younger than this: 0s, 12h, 30d' '-f,--format	Output format' '-q,--quiet	Say only errors' '-v,--verbose	Say more' '--debug	Show tracebacks and everything' '--help	Show this message and exit'
        case 'hub cache rm'
            set subs 
            set opts '-t,--type	Only of this kind' '-y,--yes	Do not ask' '-n,--dry-run	Say what would be done; do nothing' '-f,--format	Output format' '-q,--quiet	Say only errors' '-v,--verbose	Say more' '--debug	Show tracebacks and everything' '--help	Show this message and exit'
        case 'hub cache prune'
            set subs 
            set opts '--older	Leave partial files younger than this: 0s, 12h, 30d' '--xet	Xet\'s chunks and shards, too: they only save time' '-y,--yes	Do not ask' '-n,--dry-run	Say what would be done; do nothing' '-f,--format	Output format' '-q,--quiet	Say only errors' '-v,--verbose	Say more' '--debug	Show tracebacks and everything' '--help	Show this message and exit'
        case 'hub cache verify'
            set subs 
            set opts '-t,--type	Only of this kind' '--fix	Remove what is damaged, so that the next download gets it' '--hub,--no-hub	Ask the Hub for listings that are not kept' '-f,--format	Output format' '--progress	How to show progress' '-q,--quiet	Say only errors' '-v,--verbose	Say more' '--debug	Show tracebacks and everything' '--help	Show this message and exit'
        case 'hub cache import'
            set subs 
            set opts '--as	Take a folder of files as this repository' '-t,--type	Its kind' '-r,--revision	With --as: the branch or tag to name it' '--link,--copy	By hard links, or not' '--overwrite	Replace what is there already' '-n,--dry-run	Say what would be done; do nothing' '-f,--format	Output format' '--progress	How to show progress' '-q,--quiet	Say only errors' '-v,--verbose	Say more' '--debug	Show tracebacks and everything' '--help	Show this message and exit'
        case 'hub login'
            set subs 
            set opts '--name	Keep it under this name' '--check,--no-check	Ask the Hub whether it is valid' '-f,--format	Output format' '-q,--quiet	Say only errors' '-v,--verbose	Say more' '--debug	Show tracebacks and everything' '--help	Show this message and exit'
        case 'hub logout'
            set subs 
            set opts '--all	All kept tokens' '-f,--format	Output format' '-q,--quiet	Say only errors' '-v,--verbose	Say more' '--debug	Show tracebacks and everything' '--help	Show this message and exit'
        case 'hub whoami'
            set subs 
            set opts '-f,--format	Output format' '-q,--quiet	Say only errors' '-v,--verbose	Say more' '--debug	Show tracebacks and everything' '--help	Show this message and exit'
        case 'hub token'
            set subs 'use	Use a kept token from now on' 'print	Print a token itself, for a program to read'
            set opts '-f,--format	Output format' '-q,--quiet	Say only errors' '-v,--verbose	Say more' '--debug	Show tracebacks and everything' '--help	Show this message and exit'
        case 'hub token use'
            set subs 
            set opts '-q,--quiet	Say only errors' '-v,--verbose	Say more' '--debug	Show tracebacks and everything' '--help	Show this message and exit'
        case 'hub token print'
            set subs 
            set opts '-y,--yes	On a terminal too, where others may read it' '-q,--quiet	Say only errors' '-v,--verbose	Say more' '--debug	Show tracebacks and everything' '--help	Show this message and exit'
        case 'hub share'
            set subs 
            set opts '--dir	What to serve' '--host	Address to listen on; others need --token-file' '--port	Port to listen on; 0: any free one' '--token-file	Let in only who has one of its tokens; a line is \'NAME TOKEN [read]\'' '--writable,--readonly	Take uploads, too' '--xet,--no-xet	Large files by Xet, too' '-f,--format	Output format' '-q,--quiet	Say only errors' '-v,--verbose	Say more' '--debug	Show tracebacks and everything' '--help	Show this message and exit'
        case 'data'
            set subs 'head	Write the first rows' 'tail	Write the last rows' 'sample	Draw rows at random, each as likely as any other' 'cat	Write all rows as records, or convert them to another format' 'schema	Show the columns: their SQL types, and how many values are missing' 'count	Count the rows of each source' 'info	Show what sources are: format, rows, columns, bytes, compression' 'stats	Show what the values of each column are like' 'validate	Check that rows can be trained on; exit 6 when some cannot' 'filter	Keep the rows that a condition is true of' 'select	Keep some columns, or make rows of expressions' 'map	Add columns made by expressions, or make columns anew' 'sql	Answer an SQL query over the rows' 'sort	Put rows in order' 'shuffle	Mix rows up' 'split	Deal rows out at random to train, test and validation files' 'concat	Put sources one behind the other, their columns by name' 'mix	Mix the rows of sources at random, by weights' 'dedup	Keep the first of the rows that are equal' 'format	Turn records of the usual shapes into one shape' 'convert	Convert rows from any format to any other' 'view	Page through rows, however many, on the terminal' 'get	Get a data set of the Hub, or a split of it; goes on where it stopped' 'put	Put rows into a data set of the Hub, as Parquet with a card'
            set opts '--help	Show this message and exit'
        case 'data head'
            set subs 
            set opts '--input-format	What is read: jsonl json csv tsv text parquet arrow images audio webdataset' '--config	The data set\'s configuration' '--split	The data set\'s split, several (a+b), or all' '--all-text	Take every CSV value as text' '--skip-bad	Leave out rows that cannot be read, with a warning' '--bad	Keep the rows left out here; implies --skip-bad' '-o,--output	Write .jsonl .json .csv .tsv .txt .parquet .arrow, also .jsonl.gz .csv.zst; print its path' '--overwrite	Replace what is there already' '-n,--count	How many' '--show	Draw the images, on a terminal' '-f,--format	Output format' '-q,--quiet	Say only errors' '-v,--verbose	Say more' '--debug	Show tracebacks and everything' '--help	Show this message and exit'
        case 'data tail'
            set subs 
            set opts '--input-format	What is read: jsonl json csv tsv text parquet arrow images audio webdataset' '--config	The data set\'s configuration' '--split	The data set\'s split, several (a+b), or all' '--all-text	Take every CSV value as text' '--skip-bad	Leave out rows that cannot be read, with a warning' '--bad	Keep the rows left out here; implies --skip-bad' '-o,--output	Write .jsonl .json .csv .tsv .txt .parquet .arrow, also .jsonl.gz .csv.zst; print its path' '--overwrite	Replace what is there already' '-n,--count	How many' '-f,--format	Output format' '-q,--quiet	Say only errors' '-v,--verbose	Say more' '--debug	Show tracebacks and everything' '--help	Show this message and exit'
        case 'data sample'
            set subs 
            set opts '--input-format	What is read: jsonl json csv tsv text parquet arrow images audio webdataset' '--config	The data set\'s configuration' '--split	The data set\'s split, several (a+b), or all' '--all-text	Take every CSV value as text' '--skip-bad	Leave out rows that cannot be read, with a warning' '--bad	Keep the rows left out here; implies --skip-bad' '-o,--output	Write .jsonl .json .csv .tsv .txt .parquet .arrow, also .jsonl.gz .csv.zst; print its path' '--overwrite	Replace what is there already' '-n,--count	How many' '--seed	Decides the result; the same seed gives the same' '-f,--format	Output format' '-q,--quiet	Say only errors' '-v,--verbose	Say more' '--debug	Show tracebacks and everything' '--help	Show this message and exit'
        case 'data cat'
            set subs 
            set opts '--input-format	What is read: jsonl json csv tsv text parquet arrow images audio webdataset' '--config	The data set\'s configuration' '--split	The data set\'s split, several (a+b), or all' '--all-text	Take every CSV value as text' '--skip-bad	Leave out rows that cannot be read, with a warning' '--bad	Keep the rows left out here; implies --skip-bad' '-o,--output	Write .jsonl .json .csv .tsv .txt .parquet .arrow, also .jsonl.gz .csv.zst; print its path' '--overwrite	Replace what is there already' '-f,--format	Output format' '-q,--quiet	Say only errors' '-v,--verbose	Say more' '--debug	Show tracebacks and everything' '--help	Show this message and exit'
        case 'data schema'
            set subs 
            set opts '--input-format	What is read: jsonl json csv tsv text parquet arrow images audio webdataset' '--config	The data set\'s configuration' '--split	The data set\'s split, several (a+b), or all' '--all-text	Take every CSV value as text' '--skip-bad	Leave out rows that cannot be read, with a warning' '--bad	Keep the rows left out here; implies --skip-bad' '-f,--format	Output format' '-q,--quiet	Say only errors' '-v,--verbose	Say more' '--debug	Show tracebacks and everything' '--help	Show this message and exit'
        case 'data count'
            set subs 
            set opts '--input-format	What is read: jsonl json csv tsv text parquet arrow images audio webdataset' '--config	The data set\'s configuration' '--split	The data set\'s split, several (a+b), or all' '--all-text	Take every CSV value as text' '--skip-bad	Leave out rows that cannot be read, with a warning' '--bad	Keep the rows left out here; implies --skip-bad' '-f,--format	Output format' '-q,--quiet	Say only errors' '-v,--verbose	Say more' '--debug	Show tracebacks and everything' '--help	Show this message and exit'
        case 'data info'
            set subs 
            set opts '--input-format	What is read: jsonl json csv tsv text parquet arrow images audio webdataset' '--config	The data set\'s configuration' '--split	The data set\'s split, several (a+b), or all' '--all-text	Take every CSV value as text' '--skip-bad	Leave out rows that cannot be read, with a warning' '--bad	Keep the rows left out here; implies --skip-bad' '--each	One record a file, not one a source' '-f,--format	Output format' '-q,--quiet	Say only errors' '-v,--verbose	Say more' '--debug	Show tracebacks and everything' '--help	Show this message and exit'
        case 'data stats'
            set subs 
            set opts '--input-format	What is read: jsonl json csv tsv text parquet arrow images audio webdataset' '--config	The data set\'s configuration' '--split	The data set\'s split, several (a+b), or all' '--all-text	Take every CSV value as text' '--skip-bad	Leave out rows that cannot be read, with a warning' '--bad	Keep the rows left out here; implies --skip-bad' '--columns	Only these, with commas between them' '--quantiles	[default: 0.25,0.5,0.75]' '--tok	Count the tokens of texts and chats with its tokenizer, too' '-f,--format	Output format' '-q,--quiet	Say only errors' '-v,--verbose	Say more' '--debug	Show tracebacks and everything' '--help	Show this message and exit'
        case 'data validate'
            set subs 
            set opts '--input-format	What is read: jsonl json csv tsv text parquet arrow images audio webdataset' '--config	The data set\'s configuration' '--split	The data set\'s split, several (a+b), or all' '--all-text	Take every CSV value as text' '--skip-bad	Leave out rows that cannot be read, with a warning' '--bad	Keep the rows left out here; implies --skip-bad' '--for	The training that rows are meant for: sft, dpo, reward, kto, grpo, rloo, distill, clm, mlm, seq2seq, classify, tag' '--max-errors	Stop after so many; 0: never' '-f,--format	Output format' '-q,--quiet	Say only errors' '-v,--verbose	Say more' '--debug	Show tracebacks and everything' '--help	Show this message and exit'
        case 'data filter'
            set subs 
            set opts '--input-format	What is read: jsonl json csv tsv text parquet arrow images audio webdataset' '--config	The data set\'s configuration' '--split	The data set\'s split, several (a+b), or all' '--all-text	Take every CSV value as text' '--skip-bad	Leave out rows that cannot be read, with a warning' '--bad	Keep the rows left out here; implies --skip-bad' '-o,--output	Write .jsonl .json .csv .tsv .txt .parquet .arrow, also .jsonl.gz .csv.zst; print its path' '--overwrite	Replace what is there already' '--py	A Python function instead, of a FILE or a MODULE' '--batched	The function takes rows as a dict of lists' '--batch-size	Rows of a batch' '--num-proc	Worker processes' '--engine	Work here, or on a Ray cluster' '--ray-address	A Ray cluster that runs, or auto' '-f,--format	Output format' '-q,--quiet	Say only errors' '-v,--verbose	Say more' '--debug	Show tracebacks and everything' '--help	Show this message and exit'
        case 'data select'
            set subs 
            set opts '--input-format	What is read: jsonl json csv tsv text parquet arrow images audio webdataset' '--config	The data set\'s configuration' '--split	The data set\'s split, several (a+b), or all' '--all-text	Take every CSV value as text' '--skip-bad	Leave out rows that cannot be read, with a warning' '--bad	Keep the rows left out here; implies --skip-bad' '-o,--output	Write .jsonl .json .csv .tsv .txt .parquet .arrow, also .jsonl.gz .csv.zst; print its path' '--overwrite	Replace what is there already' '-f,--format	Output format' '-q,--quiet	Say only errors' '-v,--verbose	Say more' '--debug	Show tracebacks and everything' '--help	Show this message and exit'
        case 'data map'
            set subs 
            set opts '--input-format	What is read: jsonl json csv tsv text parquet arrow images audio webdataset' '--config	The data set\'s configuration' '--split	The data set\'s split, several (a+b), or all' '--all-text	Take every CSV value as text' '--skip-bad	Leave out rows that cannot be read, with a warning' '--bad	Keep the rows left out here; implies --skip-bad' '-o,--output	Write .jsonl .json .csv .tsv .txt .parquet .arrow, also .jsonl.gz .csv.zst; print its path' '--overwrite	Replace what is there already' '--py	A Python function instead, of a FILE or a MODULE' '--batched	The function takes rows as a dict of lists' '--batch-size	Rows of a batch' '--num-proc	Worker processes' '--replace	Rows hold what the function returns, and nothing else' '--engine	Work here, or on a Ray cluster' '--ray-address	A Ray cluster that runs, or auto' '-f,--format	Output format' '-q,--quiet	Say only errors' '-v,--verbose	Say more' '--debug	Show tracebacks and everything' '--help	Show this message and exit'
        case 'data sql'
            set subs 
            set opts '--input-format	What is read: jsonl json csv tsv text parquet arrow images audio webdataset' '--config	The data set\'s configuration' '--split	The data set\'s split, several (a+b), or all' '--all-text	Take every CSV value as text' '--skip-bad	Leave out rows that cannot be read, with a warning' '--bad	Keep the rows left out here; implies --skip-bad' '-o,--output	Write .jsonl .json .csv .tsv .txt .parquet .arrow, also .jsonl.gz .csv.zst; print its path' '--overwrite	Replace what is there already' '-f,--format	Output format' '-q,--quiet	Say only errors' '-v,--verbose	Say more' '--debug	Show tracebacks and everything' '--help	Show this message and exit'
        case 'data sort'
            set subs 
            set opts '--input-format	What is read: jsonl json csv tsv text parquet arrow images audio webdataset' '--config	The data set\'s configuration' '--split	The data set\'s split, several (a+b), or all' '--all-text	Take every CSV value as text' '--skip-bad	Leave out rows that cannot be read, with a warning' '--bad	Keep the rows left out here; implies --skip-bad' '-o,--output	Write .jsonl .json .csv .tsv .txt .parquet .arrow, also .jsonl.gz .csv.zst; print its path' '--overwrite	Replace what is there already' '-f,--format	Output format' '-q,--quiet	Say only errors' '-v,--verbose	Say more' '--debug	Show tracebacks and everything' '--help	Show this message and exit'
        case 'data shuffle'
            set subs 
            set opts '--input-format	What is read: jsonl json csv tsv text parquet arrow images audio webdataset' '--config	The data set\'s configuration' '--split	The data set\'s split, several (a+b), or all' '--all-text	Take every CSV value as text' '--skip-bad	Leave out rows that cannot be read, with a warning' '--bad	Keep the rows left out here; implies --skip-bad' '-o,--output	Write .jsonl .json .csv .tsv .txt .parquet .arrow, also .jsonl.gz .csv.zst; print its path' '--overwrite	Replace what is there already' '--seed	Decides the result; the same seed gives the same' '-f,--format	Output format' '-q,--quiet	Say only errors' '-v,--verbose	Say more' '--debug	Show tracebacks and everything' '--help	Show this message and exit'
        case 'data split'
            set subs 
            set opts '--input-format	What is read: jsonl json csv tsv text parquet arrow images audio webdataset' '--config	The data set\'s configuration' '--split	The data set\'s split, several (a+b), or all' '--all-text	Take every CSV value as text' '--skip-bad	Leave out rows that cannot be read, with a warning' '--bad	Keep the rows left out here; implies --skip-bad' '-o,--output	Where the parts go' '--test	A share (0.1, 10%) or a count (500)' '--validation	A part of that name, too' '--stratify	Each part gets its share of every value of it' '--group-by	Rows with one value of it stay together' '--as	The parts\' format' '--seed	Decides the result; the same seed gives the same' '--overwrite	Replace what is there already' '-f,--format	Output format' '-q,--quiet	Say only errors' '-v,--verbose	Say more' '--debug	Show tracebacks and everything' '--help	Show this message and exit'
        case 'data concat'
            set subs 
            set opts '--input-format	What is read: jsonl json csv tsv text parquet arrow images audio webdataset' '--config	The data set\'s configuration' '--split	The data set\'s split, several (a+b), or all' '--all-text	Take every CSV value as text' '--skip-bad	Leave out rows that cannot be read, with a warning' '--bad	Keep the rows left out here; implies --skip-bad' '-o,--output	Write .jsonl .json .csv .tsv .txt .parquet .arrow, also .jsonl.gz .csv.zst; print its path' '--overwrite	Replace what is there already' '--fill	Columns that a source lacks are null there' '-f,--format	Output format' '-q,--quiet	Say only errors' '-v,--verbose	Say more' '--debug	Show tracebacks and everything' '--help	Show this message and exit'
        case 'data mix'
            set subs 
            set opts '--input-format	What is read: jsonl json csv tsv text parquet arrow images audio webdataset' '--config	The data set\'s configuration' '--split	The data set\'s split, several (a+b), or all' '--all-text	Take every CSV value as text' '--skip-bad	Leave out rows that cannot be read, with a warning' '--bad	Keep the rows left out here; implies --skip-bad' '-o,--output	Write .jsonl .json .csv .tsv .txt .parquet .arrow, also .jsonl.gz .csv.zst; print its path' '--overwrite	Replace what is there already' '--weights	One a source, with commas between them' '--stop	End when the first source ends; when all have; or repeat the short ones until the last is through' '--seed	Decides the result; the same seed gives the same' '-f,--format	Output format' '-q,--quiet	Say only errors' '-v,--verbose	Say more' '--debug	Show tracebacks and everything' '--help	Show this message and exit'
        case 'data dedup'
            set subs 
            set opts '--input-format	What is read: jsonl json csv tsv text parquet arrow images audio webdataset' '--config	The data set\'s configuration' '--split	The data set\'s split, several (a+b), or all' '--all-text	Take every CSV value as text' '--skip-bad	Leave out rows that cannot be read, with a warning' '--bad	Keep the rows left out here; implies --skip-bad' '-o,--output	Write .jsonl .json .csv .tsv .txt .parquet .arrow, also .jsonl.gz .csv.zst; print its path' '--overwrite	Replace what is there already' '--by	Equal in these, with commas between them' '--near	Texts that have so much in common count as equal, too: 0.8. Of the column --by' '--shingle	With --near: compare runs of so many' '--engine	Work here, or on a Ray cluster' '--ray-address	A Ray cluster that runs, or auto' '-f,--format	Output format' '-q,--quiet	Say only errors' '-v,--verbose	Say more' '--debug	Show tracebacks and everything' '--help	Show this message and exit'
        case 'data format'
            set subs 
            set opts '--input-format	What is read: jsonl json csv tsv text parquet arrow images audio webdataset' '--config	The data set\'s configuration' '--split	The data set\'s split, several (a+b), or all' '--all-text	Take every CSV value as text' '--skip-bad	Leave out rows that cannot be read, with a warning' '--bad	Keep the rows left out here; implies --skip-bad' '-o,--output	Write .jsonl .json .csv .tsv .txt .parquet .arrow, also .jsonl.gz .csv.zst; print its path' '--overwrite	Replace what is there already' '--to	What each record becomes' '--tok	With --to text: write chats as its chat template does' '--keep	Keep the fields that are no part of the shape' '-f,--format	Output format' '-q,--quiet	Say only errors' '-v,--verbose	Say more' '--debug	Show tracebacks and everything' '--help	Show this message and exit'
        case 'data convert'
            set subs 
            set opts '--input-format	What is read: jsonl json csv tsv text parquet arrow images audio webdataset' '--config	The data set\'s configuration' '--split	The data set\'s split, several (a+b), or all' '--all-text	Take every CSV value as text' '--skip-bad	Leave out rows that cannot be read, with a warning' '--bad	Keep the rows left out here; implies --skip-bad' '-o,--output	The file, or the folder of shards' '--to	The format; dataset: load_from_disk\'s' '--shards	So many files, in a folder' '--max-shard-size	Files of at most so much, in a folder: 500MB' '--compression	Of Parquet and Arrow columns, or of text shards' '--row-group-size	Rows of a Parquet row group' '--overwrite	Replace what is there already' '--engine	Work here, or on a Ray cluster' '--ray-address	A Ray cluster that runs, or auto' '-f,--format	Output format' '-q,--quiet	Say only errors' '-v,--verbose	Say more' '--debug	Show tracebacks and everything' '--help	Show this message and exit'
        case 'data view'
            set subs 
            set opts '--input-format	What is read: jsonl json csv tsv text parquet arrow images audio webdataset' '--config	The data set\'s configuration' '--split	The data set\'s split, several (a+b), or all' '--theme	Colours: auto dark light colorblind colorblind-light ansi-dark ansi-light' '-q,--quiet	Say only errors' '-v,--verbose	Say more' '--debug	Show tracebacks and everything' '--help	Show this message and exit'
        case 'data get'
            set subs 
            set opts '--config	This configuration' '--split	This split, or several: a+b' '-o,--output	Into this folder; or as rows to a file: x.parquet, x.jsonl' '--overwrite	Replace what is there already' '-n,--dry-run	Say what would be done; do nothing' '-f,--format	Output format' '--progress	How to show progress' '-q,--quiet	Say only errors' '-v,--verbose	Say more' '--debug	Show tracebacks and everything' '--help	Show this message and exit'
        case 'data put'
            set subs 
            set opts '--split	What files become' '--config	The configuration' '--max-shard-size	Files of about so much' '--private,--public	How to make it' '-m,--message	The commit\'s title' '--input-format	What is read' '--all-text	Take every CSV value as text' '--skip-bad	Leave out JSON lines that cannot be read, with a warning' '--bad	Keep the lines left out here; implies --skip-bad' '-n,--dry-run	Say what would be done; do nothing' '-f,--format	Output format' '--progress	How to show progress' '-q,--quiet	Say only errors' '-v,--verbose	Say more' '--debug	Show tracebacks and everything' '--help	Show this message and exit'
        case 'tok'
            set subs 'train	Train a tokenizer on texts' 'encode	Turn texts into token ids' 'decode	Turn token ids into text' 'count	Count the tokens of files or standard input' 'chunk	Cut texts into chunks of so many tokens' 'pack	Pack texts into shards of token ids for training' 'chat	Write conversations as the chat template makes them' 'add	Add tokens to a copy of a tokenizer' 'info	Show what a tokenizer is made of' 'vocab	List the tokens of a vocabulary with their ids' 'diff	Show what differs between two tokenizers' 'bench	Measure how fast each engine makes token ids, and compare the ids' 'convert	Make a fast tokenizer of a SentencePiece, tiktoken or slow one'
            set opts '--help	Show this message and exit'
        case 'tok train'
            set subs 
            set opts '-o,--output	Folder to write' '--vocab-size	Tokens, at most' '*--special	Special tokens, by commas; ROLE=TOKEN names its role. Repeat' '--min-frequency	How often a pair must be seen' '--limit-alphabet	Keep this many characters, the most frequent' '--lowercase	Make texts lower case' '--column	Learn from this field' '--input-format	What the input is' '--config	A data set\'s configuration' '--split	A data set\'s split, several (a+b), or all' '--skip-bad	Leave out records that cannot be used, with a warning' '--overwrite	Replace what is there already' '-f,--format	Output format' '--progress	How to show progress' '-q,--quiet	Say only errors' '-v,--verbose	Say more' '--debug	Show tracebacks and everything' '--help	Show this message and exit'
        case 'tok encode'
            set subs 
            set opts '-m,--model	Whose tokenizer: a folder, Hub id or run:NAME' '--column	Encode this field of each record' '--tokens	Give the tokens too' '--offsets	Give each token\'s place in the text too, in characters' '--special,--no-special	Add the special tokens a model expects around a text' '--chat	Take a plain text as a user\'s message, through the chat template' '--generation-prompt	End a conversation where the model\'s answer begins' '--max-length	Cut to this many tokens' '--keep	Keep the record\'s own fields' '--engine	What makes the ids' '--input-format	What the input is' '--config	A data set\'s configuration' '--split	A data set\'s split, several (a+b), or all' '--skip-bad	Leave out records that cannot be used, with a warning' '-f,--format	Output format' '-q,--quiet	Say only errors' '-v,--verbose	Say more' '--debug	Show tracebacks and everything' '--help	Show this message and exit'
        case 'tok decode'
            set subs 
            set opts '-m,--model	Whose tokenizer: a folder, Hub id or run:NAME' '--column	Where a record\'s ids are' '--special,--no-special	Write special tokens too' '--keep	Keep the record\'s own fields; with -f' '--input-format	What the input is' '--config	A data set\'s configuration' '--split	A data set\'s split, several (a+b), or all' '--skip-bad	Leave out records that cannot be used, with a warning' '-f,--format	Output format' '-q,--quiet	Say only errors' '-v,--verbose	Say more' '--debug	Show tracebacks and everything' '--help	Show this message and exit'
        case 'tok count'
            set subs 
            set opts '-m,--model	Whose tokenizer: a folder, Hub id or run:NAME' '--column	Count this field of each record' '--each	One record a line or record, not one a file' '--special,--no-special	Add the special tokens a model expects around a text' '--engine	What makes the ids' '--input-format	What the input is' '--config	A data set\'s configuration' '--split	A data set\'s split, several (a+b), or all' '--skip-bad	Leave out records that cannot be used, with a warning' '-f,--format	Output format' '-q,--quiet	Say only errors' '-v,--verbose	Say more' '--debug	Show tracebacks and everything' '--help	Show this message and exit'
        case 'tok chunk'
            set subs 
            set opts '-m,--model	Whose tokenizer: a folder, Hub id or run:NAME' '--size	Tokens of a chunk, at most' '--overlap	Tokens of the chunk before' '--by	Where to cut' '--splitter	What finds sentences' '--language	Of --splitter nltk' '--column	Cut this field of each record' '--keep	Keep the record\'s own fields' '--input-format	What the input is' '--config	A data set\'s configuration' '--split	A data set\'s split, several (a+b), or all' '--skip-bad	Leave out records that cannot be used, with a warning' '-f,--format	Output format' '-q,--quiet	Say only errors' '-v,--verbose	Say more' '--debug	Show tracebacks and everything' '--help	Show this message and exit'
        case 'tok pack'
            set subs 
            set opts '-m,--model	Whose tokenizer: a folder, Hub id or run:NAME' '-o,--output	Folder to write' '--length	Tokens of a row' '--file-type	Of the shards' '--end	Token after each text' '--no-end	No token after a text' '--special,--no-special	Add the special tokens around a text' '--tail	What the last, short row gets' '--shard-tokens	Tokens of a shard, at most' '--column	Pack this field of each record' '--engine	What makes the ids' '--input-format	What the input is' '--config	A data set\'s configuration' '--split	A data set\'s split, several (a+b), or all' '--skip-bad	Leave out records that cannot be used, with a warning' '--overwrite	Replace what is there already' '-f,--format	Output format' '--progress	How to show progress' '-q,--quiet	Say only errors' '-v,--verbose	Say more' '--debug	Show tracebacks and everything' '--help	Show this message and exit'
        case 'tok chat'
            set subs 
            set opts '-m,--model	Whose tokenizer: a folder, Hub id or run:NAME' '--column	Where a record\'s messages are' '--generation-prompt	End where the model\'s answer begins' '--ids	Give the token ids too' '--keep	Keep the record\'s own fields' '--engine	What makes the ids' '--input-format	What the input is' '--config	A data set\'s configuration' '--split	A data set\'s split, several (a+b), or all' '--skip-bad	Leave out records that cannot be used, with a warning' '-f,--format	Output format' '-q,--quiet	Say only errors' '-v,--verbose	Say more' '--debug	Show tracebacks and everything' '--help	Show this message and exit'
        case 'tok add'
            set subs 
            set opts '-o,--output	Folder to write' '*--special	Special tokens, by commas; ROLE=TOKEN gives a role. Repeat' '--overwrite	Replace what is there already' '-f,--format	Output format' '-q,--quiet	Say only errors' '-v,--verbose	Say more' '--debug	Show tracebacks and everything' '--help	Show this message and exit'
        case 'tok info'
            set subs 
            set opts '-f,--format	Output format' '-q,--quiet	Say only errors' '-v,--verbose	Say more' '--debug	Show tracebacks and everything' '--help	Show this message and exit'
        case 'tok vocab'
            set subs 
            set opts '--grep	Only tokens in which this is found, as they are or as text' '-i,--ignore-case	Let --grep take upper and lower case for the same' '--added	Only added and special tokens' '-f,--format	Output format' '-q,--quiet	Say only errors' '-v,--verbose	Say more' '--debug	Show tracebacks and everything' '--help	Show this message and exit'
        case 'tok diff'
            set subs 
            set opts '--sample	Encode these texts both ways' '--column	The field of a sample\'s records' '--limit	Tokens and texts of a kind to tell; 0: all' '--exit-code	Exit with 1 if anything differs' '-f,--format	Output format' '-q,--quiet	Say only errors' '-v,--verbose	Say more' '--debug	Show tracebacks and everything' '--help	Show this message and exit'
        case 'tok bench'
            set subs 
            set opts '-m,--model	Whose tokenizer: a folder, Hub id or run:NAME' '--column	Take this field of each record' '--megabytes	Of text, at most' '--rounds	Times over the texts, after a first one' '--input-format	What the input is' '--config	A data set\'s configuration' '--split	A data set\'s split, several (a+b), or all' '--skip-bad	Leave out records that cannot be used, with a warning' '-f,--format	Output format' '--progress	How to show progress' '-q,--quiet	Say only errors' '-v,--verbose	Say more' '--debug	Show tracebacks and everything' '--help	Show this message and exit'
        case 'tok convert'
            set subs 
            set opts '-o,--output	Folder to write' '--pattern	How tiktoken\'s ranks cut words: an encoding\'s name, or an expression' '*--special	Special tokens behind tiktoken\'s ranks, by commas. Repeat' '--sample	Compare these texts too' '--column	The field of a sample\'s records' '--allow-differences	Texts that may differ' '--overwrite	Replace what is there already' '-f,--format	Output format' '-q,--quiet	Say only errors' '-v,--verbose	Say more' '--debug	Show tracebacks and everything' '--help	Show this message and exit'
        case 'train'
            set subs 'sft	Fine-tune a language model on instructions or chats' 'dpo	Tune a language model by pairs of answers, better and worse (DPO)' 'kto	Tune a language model by answers marked good or bad (KTO)' 'reward	Train a reward model by pairs of answers, better and worse' 'grpo	Tune a language model by rewards for its own completions (GRPO)' 'rloo	Tune a language model by rewards for its own completions (RLOO)' 'distill	Teach a language model to go on as a larger one would' 'clm	Pretrain a language model on plain text' 'mlm	Train a masked language model on plain text' 'seq2seq	Train text to text: translate, summarize, rewrite' 'classify	Train a classifier of texts, or of pairs of texts' 'tag	Train a tagger of words: names, parts of speech' 'image	Train a classifier of images' 'audio	Train a classifier of sounds' 'launch	Run your own training script on several GPUs, processes or nodes' 'sbatch	Write a batch script for Slurm that trains, and goes on when its time is up' 'run	Train as a recipe file says' 'sweep	Train a recipe once for each combination of settings' 'init	Write a recipe to begin with: each common field, its help and default' 'schema	List or explain the fields of a method: its recipe\'s and its library\'s' 'validate	Check recipes: every problem with its line; exit 6 when there is one' 'plan	Predict what a recipe needs of GPUs, and which strategies fit' 'ls	List training runs' 'show	Show one run: its state, settings and last metrics' 'logs	Print or follow a run\'s log or metrics' 'attach	Look on while a run works, until it has ended' 'compare	Compare runs: settings that differ, losses, metrics, speed, memory' 'plot	Draw the metrics of runs, logs and event files as charts' 'stop	Stop runs: each saves a checkpoint after its step' 'resume	Go on with a stopped, failed or lost run, in the background' 'push	Send what a run made to the Hub, with a card that tells of it' 'note	Print, write or clear a run\'s note' 'rm	Remove runs: their checkpoints, output and log'
            set opts '--help	Show this message and exit'
        case 'train sft'
            set subs 
            set opts '--name	Name the run' '--resume	Go on with the run --name where it was; begin it if there is none' '--chat-template	Template by name (chatml, llama3, qwen, ...), a file, or none' '--max-length	Tokens an example may have; longer ones are cut off' '--assistant-only-loss,--no-assistant-only-loss	Learn the assistant\'s turns (or completions) only, or every token' '--config	The data set\'s configuration' '--split	The data set\'s split, several (a+b), or all' '*--eval-data	Records to measure on, as DATA; of several NAME=DATA names one\'s metrics. Again for more' '--eval-split	Measure on this split, or hold out this share of DATA: 0.1' '*--column	Take a column of the data for a field: prompt=question. Again for more' '--max-samples	Take only the first so many records' '--peft	PEFT method (lora, dora, ia3, ...), or none to tune all weights' '*--peft-set	A setting of the PEFT method, such as r=8. Again for more' '--load-in	Keep the frozen weights in 4bit (NF4) or 8bit (QLoRA)' '--learning-rate	Peak learning rate' '--num-train-epochs	Passes over the data' '--max-steps	Stop after this many steps instead' '--per-device-train-batch-size	Examples a forward pass on each device' '--gradient-accumulation-steps	Forward passes a step' '--gradient-checkpointing	Compute activations again instead of keeping them: less memory' '--warmup-steps	Steps of rising learning rate; below 1 a share of all steps' '--lr-scheduler-type	Course of the learning rate after that: linear, cosine, constant, ...' '--weight-decay	Weight decay' '--save-steps	Steps between checkpoints' '--keep	Checkpoints that stay: best, last, a number of newest, every:STEPS, all' '--logging-steps	Steps between logged metrics' '--eval-steps	Steps between evaluations' '--seed	Seed of everything random' '--skip-bad	Leave out records that cannot be read or used' '--device	auto, cpu, cuda, cuda:N or mps' '--launch	How processes are started: auto, none (in this one), torchrun, accelerate or deepspeed' '--gpus	GPUs to train on, a process each: all, how many, or 0,1' '--nproc	Processes that train together, on each node' '--nodes	Train on the hosts of this file, over ssh: NAME slots=N; none: here alone' '--zero	DeepSpeed ZeRO stage, which shares the model out: 1, 2 or 3' '--offload	With --zero or --fsdp, what stays on the CPU: optimizer, params or both' '--fsdp	Share the model out by FSDP2' '--max-restarts	Start all processes again so often when one fails' '--dtype	float32, bfloat16 or float16' '--report-to	Trackers to tell as well: tensorboard, wandb, trackio, mlflow' '--hub-strategy	When --push sends: only at the end; the model at every save; with the last checkpoint; with all of them' '*--set	Any other field of the library\'s arguments; see \'train schema\'. Again for more' '-d,--detach	Leave it at work in the background; it outlives the terminal' '*--after	Begin once this run is done. Again for more' '*--after-any	Begin once this run has ended, however. Again for more' '--when-free	Begin once a GPU has so much free memory: 40G or 90%. No GPU: the machine' '--retries	Resume it so often after a crash' '--notify	Run this in a shell when it has ended; $HFTERM_RUN, $HFTERM_STATE and others tell' '--push	Send what it made to this repository of the Hub, once it is done' '--private,--public	How --push makes it' '-n,--dry-run	Say what would be done; do nothing' '-f,--format	Output format' '--progress	How to show progress' '-q,--quiet	Say only errors' '-v,--verbose	Say more' '--debug	Show tracebacks and everything' '--help	Show this message and exit'
        case 'train dpo'
            set subs 
            set opts '--name	Name the run' '--resume	Go on with the run --name where it was; begin it if there is none' '--chat-template	Template by name (chatml, llama3, qwen, ...), a file, or none' '--max-length	Tokens prompt and answer may have together; longer ones are cut off' '--beta	How closely it stays to the reference model' '--loss-type	sigmoid, hinge, ipo, ...; several with commas' '--config	The data set\'s configuration' '--split	The data set\'s split, several (a+b), or all' '*--eval-data	Records to measure on, as DATA; of several NAME=DATA names one\'s metrics. Again for more' '--eval-split	Measure on this split, or hold out this share of DATA: 0.1' '*--column	Take a column of the data for a field: prompt=question. Again for more' '--max-samples	Take only the first so many records' '--peft	PEFT method (lora, dora, ia3, ...), or none to tune all weights' '*--peft-set	A setting of the PEFT method, such as r=8. Again for more' '--load-in	Keep the frozen weights in 4bit (NF4) or 8bit (QLoRA)' '--learning-rate	Peak learning rate' '--num-train-epochs	Passes over the data' '--max-steps	Stop after this many steps instead' '--per-device-train-batch-size	Examples a forward pass on each device' '--gradient-accumulation-steps	Forward passes a step' '--gradient-checkpointing	Compute activations again instead of keeping them: less memory' '--warmup-steps	Steps of rising learning rate; below 1 a share of all steps' '--lr-scheduler-type	Course of the learning rate after that: linear, cosine, constant, ...' '--weight-decay	Weight decay' '--save-steps	Steps between checkpoints' '--keep	Checkpoints that stay: best, last, a number of newest, every:STEPS, all' '--logging-steps	Steps between logged metrics' '--eval-steps	Steps between evaluations' '--seed	Seed of everything random' '--skip-bad	Leave out records that cannot be read or used' '--device	auto, cpu, cuda, cuda:N or mps' '--launch	How processes are started: auto, none (in this one), torchrun, accelerate or deepspeed' '--gpus	GPUs to train on, a process each: all, how many, or 0,1' '--nproc	Processes that train together, on each node' '--nodes	Train on the hosts of this file, over ssh: NAME slots=N; none: here alone' '--zero	DeepSpeed ZeRO stage, which shares the model out: 1, 2 or 3' '--offload	With --zero or --fsdp, what stays on the CPU: optimizer, params or both' '--fsdp	Share the model out by FSDP2' '--max-restarts	Start all processes again so often when one fails' '--dtype	float32, bfloat16 or float16' '--report-to	Trackers to tell as well: tensorboard, wandb, trackio, mlflow' '--hub-strategy	When --push sends: only at the end; the model at every save; with the last checkpoint; with all of them' '*--set	Any other field of the library\'s arguments; see \'train schema\'. Again for more' '-d,--detach	Leave it at work in the background; it outlives the terminal' '*--after	Begin once this run is done. Again for more' '*--after-any	Begin once this run has ended, however. Again for more' '--when-free	Begin once a GPU has so much free memory: 40G or 90%. No GPU: the machine' '--retries	Resume it so often after a crash' '--notify	Run this in a shell when it has ended; $HFTERM_RUN, $HFTERM_STATE and others tell' '--push	Send what it made to this repository of the Hub, once it is done' '--private,--public	How --push makes it' '-n,--dry-run	Say what would be done; do nothing' '-f,--format	Output format' '--progress	How to show progress' '-q,--quiet	Say only errors' '-v,--verbose	Say more' '--debug	Show tracebacks and everything' '--help	Show this message and exit'
        case 'train kto'
            set subs 
            set opts '--name	Name the run' '--resume	Go on with the run --name where it was; begin it if there is none' '--chat-template	Template by name (chatml, llama3, qwen, ...), a file, or none' '--max-length	Tokens prompt and answer may have together; longer ones are cut off' '--beta	How closely it stays to the reference model' '--desirable-weight	Weight of the good answers' '--undesirable-weight	Weight of the bad answers' '--loss-type	The loss' '--config	The data set\'s configuration' '--split	The data set\'s split, several (a+b), or all' '*--eval-data	Records to measure on, as DATA; of several NAME=DATA names one\'s metrics. Again for more' '--eval-split	Measure on this split, or hold out this share of DATA: 0.1' '*--column	Take a column of the data for a field: prompt=question. Again for more' '--max-samples	Take only the first so many records' '--peft	PEFT method (lora, dora, ia3, ...), or none to tune all weights' '*--peft-set	A setting of the PEFT method, such as r=8. Again for more' '--load-in	Keep the frozen weights in 4bit (NF4) or 8bit (QLoRA)' '--learning-rate	Peak learning rate' '--num-train-epochs	Passes over the data' '--max-steps	Stop after this many steps instead' '--per-device-train-batch-size	Examples a forward pass on each device' '--gradient-accumulation-steps	Forward passes a step' '--gradient-checkpointing	Compute activations again instead of keeping them: less memory' '--warmup-steps	Steps of rising learning rate; below 1 a share of all steps' '--lr-scheduler-type	Course of the learning rate after that: linear, cosine, constant, ...' '--weight-decay	Weight decay' '--save-steps	Steps between checkpoints' '--keep	Checkpoints that stay: best, last, a number of newest, every:STEPS, all' '--logging-steps	Steps between logged metrics' '--eval-steps	Steps between evaluations' '--seed	Seed of everything random' '--skip-bad	Leave out records that cannot be read or used' '--device	auto, cpu, cuda, cuda:N or mps' '--launch	How processes are started: auto, none (in this one), torchrun, accelerate or deepspeed' '--gpus	GPUs to train on, a process each: all, how many, or 0,1' '--nproc	Processes that train together, on each node' '--nodes	Train on the hosts of this file, over ssh: NAME slots=N; none: here alone' '--zero	DeepSpeed ZeRO stage, which shares the model out: 1, 2 or 3' '--offload	With --zero or --fsdp, what stays on the CPU: optimizer, params or both' '--fsdp	Share the model out by FSDP2' '--max-restarts	Start all processes again so often when one fails' '--dtype	float32, bfloat16 or float16' '--report-to	Trackers to tell as well: tensorboard, wandb, trackio, mlflow' '--hub-strategy	When --push sends: only at the end; the model at every save; with the last checkpoint; with all of them' '*--set	Any other field of the library\'s arguments; see \'train schema\'. Again for more' '-d,--detach	Leave it at work in the background; it outlives the terminal' '*--after	Begin once this run is done. Again for more' '*--after-any	Begin once this run has ended, however. Again for more' '--when-free	Begin once a GPU has so much free memory: 40G or 90%. No GPU: the machine' '--retries	Resume it so often after a crash' '--notify	Run this in a shell when it has ended; $HFTERM_RUN, $HFTERM_STATE and others tell' '--push	Send what it made to this repository of the Hub, once it is done' '--private,--public	How --push makes it' '-n,--dry-run	Say what would be done; do nothing' '-f,--format	Output format' '--progress	How to show progress' '-q,--quiet	Say only errors' '-v,--verbose	Say more' '--debug	Show tracebacks and everything' '--help	Show this message and exit'
        case 'train reward'
            set subs 
            set opts '--name	Name the run' '--resume	Go on with the run --name where it was; begin it if there is none' '--chat-template	Template by name (chatml, llama3, qwen, ...), a file, or none' '--max-length	Tokens prompt and answer may have together; pairs with more are left out' '--center-rewards-coefficient	Pull the scores to a mean of 0; 0.01 is usual' '--config	The data set\'s configuration' '--split	The data set\'s split, several (a+b), or all' '*--eval-data	Records to measure on, as DATA; of several NAME=DATA names one\'s metrics. Again for more' '--eval-split	Measure on this split, or hold out this share of DATA: 0.1' '*--column	Take a column of the data for a field: prompt=question. Again for more' '--max-samples	Take only the first so many records' '--peft	PEFT method (lora, dora, ia3, ...), or none to tune all weights' '*--peft-set	A setting of the PEFT method, such as r=8. Again for more' '--load-in	Keep the frozen weights in 4bit (NF4) or 8bit (QLoRA)' '--learning-rate	Peak learning rate' '--num-train-epochs	Passes over the data' '--max-steps	Stop after this many steps instead' '--per-device-train-batch-size	Examples a forward pass on each device' '--gradient-accumulation-steps	Forward passes a step' '--gradient-checkpointing	Compute activations again instead of keeping them: less memory' '--warmup-steps	Steps of rising learning rate; below 1 a share of all steps' '--lr-scheduler-type	Course of the learning rate after that: linear, cosine, constant, ...' '--weight-decay	Weight decay' '--save-steps	Steps between checkpoints' '--keep	Checkpoints that stay: best, last, a number of newest, every:STEPS, all' '--logging-steps	Steps between logged metrics' '--eval-steps	Steps between evaluations' '--seed	Seed of everything random' '--skip-bad	Leave out records that cannot be read or used' '--device	auto, cpu, cuda, cuda:N or mps' '--launch	How processes are started: auto, none (in this one), torchrun, accelerate or deepspeed' '--gpus	GPUs to train on, a process each: all, how many, or 0,1' '--nproc	Processes that train together, on each node' '--nodes	Train on the hosts of this file, over ssh: NAME slots=N; none: here alone' '--zero	DeepSpeed ZeRO stage, which shares the model out: 1, 2 or 3' '--offload	With --zero or --fsdp, what stays on the CPU: optimizer, params or both' '--fsdp	Share the model out by FSDP2' '--max-restarts	Start all processes again so often when one fails' '--dtype	float32, bfloat16 or float16' '--report-to	Trackers to tell as well: tensorboard, wandb, trackio, mlflow' '--hub-strategy	When --push sends: only at the end; the model at every save; with the last checkpoint; with all of them' '*--set	Any other field of the library\'s arguments; see \'train schema\'. Again for more' '-d,--detach	Leave it at work in the background; it outlives the terminal' '*--after	Begin once this run is done. Again for more' '*--after-any	Begin once this run has ended, however. Again for more' '--when-free	Begin once a GPU has so much free memory: 40G or 90%. No GPU: the machine' '--retries	Resume it so often after a crash' '--notify	Run this in a shell when it has ended; $HFTERM_RUN, $HFTERM_STATE and others tell' '--push	Send what it made to this repository of the Hub, once it is done' '--private,--public	How --push makes it' '-n,--dry-run	Say what would be done; do nothing' '-f,--format	Output format' '--progress	How to show progress' '-q,--quiet	Say only errors' '-v,--verbose	Say more' '--debug	Show tracebacks and everything' '--help	Show this message and exit'
        case 'train grpo'
            set subs 
            set opts '--name	Name the run' '--resume	Go on with the run --name where it was; begin it if there is none' '--chat-template	Template by name (chatml, llama3, qwen, ...), a file, or none' '--max-completion-length	Tokens a completion may have' '--temperature	How freely completions are sampled' '*--reward	A built-in reward, FILE.py:function or a reward model; see \'train grpo --help\'. Again for more' '*--reward-weight	A weight for each --reward, in their order. Again for more' '--num-generations	Completions a prompt, compared with each other' '--beta	Weight of the KL divergence from the reference model; 0: none is kept' '--config	The data set\'s configuration' '--split	The data set\'s split, several (a+b), or all' '*--eval-data	Records to measure on, as DATA; of several NAME=DATA names one\'s metrics. Again for more' '--eval-split	Measure on this split, or hold out this share of DATA: 0.1' '*--column	Take a column of the data for a field: prompt=question. Again for more' '--max-samples	Take only the first so many records' '--peft	PEFT method (lora, dora, ia3, ...), or none to tune all weights' '*--peft-set	A setting of the PEFT method, such as r=8. Again for more' '--load-in	Keep the frozen weights in 4bit (NF4) or 8bit (QLoRA)' '--learning-rate	Peak learning rate' '--num-train-epochs	Passes over the data' '--max-steps	Stop after this many steps instead' '--per-device-train-batch-size	Completions a forward pass on each device' '--gradient-accumulation-steps	Forward passes a step' '--gradient-checkpointing	Compute activations again instead of keeping them: less memory' '--warmup-steps	Steps of rising learning rate; below 1 a share of all steps' '--lr-scheduler-type	Course of the learning rate after that: linear, cosine, constant, ...' '--weight-decay	Weight decay' '--save-steps	Steps between checkpoints' '--keep	Checkpoints that stay: best, last, a number of newest, every:STEPS, all' '--logging-steps	Steps between logged metrics' '--eval-steps	Steps between evaluations' '--seed	Seed of everything random' '--skip-bad	Leave out records that cannot be read or used' '--device	auto, cpu, cuda, cuda:N or mps' '--launch	How processes are started: auto, none (in this one), torchrun, accelerate or deepspeed' '--gpus	GPUs to train on, a process each: all, how many, or 0,1' '--nproc	Processes that train together, on each node' '--nodes	Train on the hosts of this file, over ssh: NAME slots=N; none: here alone' '--zero	DeepSpeed ZeRO stage, which shares the model out: 1, 2 or 3' '--offload	With --zero or --fsdp, what stays on the CPU: optimizer, params or both' '--fsdp	Share the model out by FSDP2' '--max-restarts	Start all processes again so often when one fails' '--dtype	float32, bfloat16 or float16' '--report-to	Trackers to tell as well: tensorboard, wandb, trackio, mlflow' '--hub-strategy	When --push sends: only at the end; the model at every save; with the last checkpoint; with all of them' '*--set	Any other field of the library\'s arguments; see \'train schema\'. Again for more' '-d,--detach	Leave it at work in the background; it outlives the terminal' '*--after	Begin once this run is done. Again for more' '*--after-any	Begin once this run has ended, however. Again for more' '--when-free	Begin once a GPU has so much free memory: 40G or 90%. No GPU: the machine' '--retries	Resume it so often after a crash' '--notify	Run this in a shell when it has ended; $HFTERM_RUN, $HFTERM_STATE and others tell' '--push	Send what it made to this repository of the Hub, once it is done' '--private,--public	How --push makes it' '-n,--dry-run	Say what would be done; do nothing' '-f,--format	Output format' '--progress	How to show progress' '-q,--quiet	Say only errors' '-v,--verbose	Say more' '--debug	Show tracebacks and everything' '--help	Show this message and exit'
        case 'train rloo'
            set subs 
            set opts '--name	Name the run' '--resume	Go on with the run --name where it was; begin it if there is none' '--chat-template	Template by name (chatml, llama3, qwen, ...), a file, or none' '--max-completion-length	Tokens a completion may have' '--temperature	How freely completions are sampled' '*--reward	A built-in reward, FILE.py:function or a reward model; see \'train grpo --help\'. Again for more' '*--reward-weight	A weight for each --reward, in their order. Again for more' '--num-generations	Completions a prompt, compared with each other' '--beta	Weight of the KL divergence from the reference model; 0: none is kept' '--config	The data set\'s configuration' '--split	The data set\'s split, several (a+b), or all' '*--eval-data	Records to measure on, as DATA; of several NAME=DATA names one\'s metrics. Again for more' '--eval-split	Measure on this split, or hold out this share of DATA: 0.1' '*--column	Take a column of the data for a field: prompt=question. Again for more' '--max-samples	Take only the first so many records' '--peft	PEFT method (lora, dora, ia3, ...), or none to tune all weights' '*--peft-set	A setting of the PEFT method, such as r=8. Again for more' '--load-in	Keep the frozen weights in 4bit (NF4) or 8bit (QLoRA)' '--learning-rate	Peak learning rate' '--num-train-epochs	Passes over the data' '--max-steps	Stop after this many steps instead' '--per-device-train-batch-size	Completions a forward pass on each device' '--gradient-accumulation-steps	Forward passes a step' '--gradient-checkpointing	Compute activations again instead of keeping them: less memory' '--warmup-steps	Steps of rising learning rate; below 1 a share of all steps' '--lr-scheduler-type	Course of the learning rate after that: linear, cosine, constant, ...' '--weight-decay	Weight decay' '--save-steps	Steps between checkpoints' '--keep	Checkpoints that stay: best, last, a number of newest, every:STEPS, all' '--logging-steps	Steps between logged metrics' '--eval-steps	Steps between evaluations' '--seed	Seed of everything random' '--skip-bad	Leave out records that cannot be read or used' '--device	auto, cpu, cuda, cuda:N or mps' '--launch	How processes are started: auto, none (in this one), torchrun, accelerate or deepspeed' '--gpus	GPUs to train on, a process each: all, how many, or 0,1' '--nproc	Processes that train together, on each node' '--nodes	Train on the hosts of this file, over ssh: NAME slots=N; none: here alone' '--zero	DeepSpeed ZeRO stage, which shares the model out: 1, 2 or 3' '--offload	With --zero or --fsdp, what stays on the CPU: optimizer, params or both' '--fsdp	Share the model out by FSDP2' '--max-restarts	Start all processes again so often when one fails' '--dtype	float32, bfloat16 or float16' '--report-to	Trackers to tell as well: tensorboard, wandb, trackio, mlflow' '--hub-strategy	When --push sends: only at the end; the model at every save; with the last checkpoint; with all of them' '*--set	Any other field of the library\'s arguments; see \'train schema\'. Again for more' '-d,--detach	Leave it at work in the background; it outlives the terminal' '*--after	Begin once this run is done. Again for more' '*--after-any	Begin once this run has ended, however. Again for more' '--when-free	Begin once a GPU has so much free memory: 40G or 90%. No GPU: the machine' '--retries	Resume it so often after a crash' '--notify	Run this in a shell when it has ended; $HFTERM_RUN, $HFTERM_STATE and others tell' '--push	Send what it made to this repository of the Hub, once it is done' '--private,--public	How --push makes it' '-n,--dry-run	Say what would be done; do nothing' '-f,--format	Output format' '--progress	How to show progress' '-q,--quiet	Say only errors' '-v,--verbose	Say more' '--debug	Show tracebacks and everything' '--help	Show this message and exit'
        case 'train distill'
            set subs 
            set opts '--name	Name the run' '--resume	Go on with the run --name where it was; begin it if there is none' '--chat-template	Template by name (chatml, llama3, qwen, ...), a file, or none' '--max-completion-length	Tokens a completion may have' '--temperature	How freely completions are sampled' '--teacher	The model to learn from, always needed: a folder, a Hub id or run:NAME' '--beta	0: forward KL divergence, 1: reverse, between: Jensen-Shannon' '--config	The data set\'s configuration' '--split	The data set\'s split, several (a+b), or all' '*--eval-data	Records to measure on, as DATA; of several NAME=DATA names one\'s metrics. Again for more' '--eval-split	Measure on this split, or hold out this share of DATA: 0.1' '*--column	Take a column of the data for a field: prompt=question. Again for more' '--max-samples	Take only the first so many records' '--peft	PEFT method (lora, dora, ia3, ...), or none to tune all weights' '*--peft-set	A setting of the PEFT method, such as r=8. Again for more' '--load-in	Keep the frozen weights in 4bit (NF4) or 8bit (QLoRA)' '--learning-rate	Peak learning rate' '--num-train-epochs	Passes over the data' '--max-steps	Stop after this many steps instead' '--per-device-train-batch-size	Completions a forward pass on each device' '--gradient-accumulation-steps	Forward passes a step' '--gradient-checkpointing	Compute activations again instead of keeping them: less memory' '--warmup-steps	Steps of rising learning rate; below 1 a share of all steps' '--lr-scheduler-type	Course of the learning rate after that: linear, cosine, constant, ...' '--weight-decay	Weight decay' '--save-steps	Steps between checkpoints' '--keep	Checkpoints that stay: best, last, a number of newest, every:STEPS, all' '--logging-steps	Steps between logged metrics' '--eval-steps	Steps between evaluations' '--seed	Seed of everything random' '--skip-bad	Leave out records that cannot be read or used' '--device	auto, cpu, cuda, cuda:N or mps' '--launch	How processes are started: auto, none (in this one), torchrun, accelerate or deepspeed' '--gpus	GPUs to train on, a process each: all, how many, or 0,1' '--nproc	Processes that train together, on each node' '--nodes	Train on the hosts of this file, over ssh: NAME slots=N; none: here alone' '--zero	DeepSpeed ZeRO stage, which shares the model out: 1, 2 or 3' '--offload	With --zero or --fsdp, what stays on the CPU: optimizer, params or both' '--fsdp	Share the model out by FSDP2' '--max-restarts	Start all processes again so often when one fails' '--dtype	float32, bfloat16 or float16' '--report-to	Trackers to tell as well: tensorboard, wandb, trackio, mlflow' '--hub-strategy	When --push sends: only at the end; the model at every save; with the last checkpoint; with all of them' '*--set	Any other field of the library\'s arguments; see \'train schema\'. Again for more' '-d,--detach	Leave it at work in the background; it outlives the terminal' '*--after	Begin once this run is done. Again for more' '*--after-any	Begin once this run has ended, however. Again for more' '--when-free	Begin once a GPU has so much free memory: 40G or 90%. No GPU: the machine' '--retries	Resume it so often after a crash' '--notify	Run this in a shell when it has ended; $HFTERM_RUN, $HFTERM_STATE and others tell' '--push	Send what it made to this repository of the Hub, once it is done' '--private,--public	How --push makes it' '-n,--dry-run	Say what would be done; do nothing' '-f,--format	Output format' '--progress	How to show progress' '-q,--quiet	Say only errors' '-v,--verbose	Say more' '--debug	Show tracebacks and everything' '--help	Show this message and exit'
        case 'train clm'
            set subs 
            set opts '--name	Name the run' '--resume	Go on with the run --name where it was; begin it if there is none' '--from-scratch	Begin with random weights: of the model only its config.json counts' '--max-length	Tokens of a block; a model that can do less gets less' '--config	The data set\'s configuration' '--split	The data set\'s split, several (a+b), or all' '*--eval-data	Records to measure on, as DATA; of several NAME=DATA names one\'s metrics. Again for more' '--eval-split	Measure on this split, or hold out this share of DATA: 0.1' '*--column	Take a column of the data for a field: prompt=question. Again for more' '--max-samples	Take only the first so many records' '--peft	PEFT method (lora, dora, ia3, ...), or none to tune all weights' '*--peft-set	A setting of the PEFT method, such as r=8. Again for more' '--load-in	Keep the frozen weights in 4bit (NF4) or 8bit (QLoRA)' '--learning-rate	Peak learning rate' '--num-train-epochs	Passes over the data' '--max-steps	Stop after this many steps instead' '--per-device-train-batch-size	Examples a forward pass on each device' '--gradient-accumulation-steps	Forward passes a step' '--gradient-checkpointing	Compute activations again instead of keeping them: less memory' '--warmup-steps	Steps of rising learning rate; below 1 a share of all steps' '--lr-scheduler-type	Course of the learning rate after that: linear, cosine, constant, ...' '--weight-decay	Weight decay' '--save-steps	Steps between checkpoints' '--keep	Checkpoints that stay: best, last, a number of newest, every:STEPS, all' '--logging-steps	Steps between logged metrics' '--eval-steps	Steps between evaluations' '--seed	Seed of everything random' '--skip-bad	Leave out records that cannot be read or used' '--device	auto, cpu, cuda, cuda:N or mps' '--launch	How processes are started: auto, none (in this one), torchrun, accelerate or deepspeed' '--gpus	GPUs to train on, a process each: all, how many, or 0,1' '--nproc	Processes that train together, on each node' '--nodes	Train on the hosts of this file, over ssh: NAME slots=N; none: here alone' '--zero	DeepSpeed ZeRO stage, which shares the model out: 1, 2 or 3' '--offload	With --zero or --fsdp, what stays on the CPU: optimizer, params or both' '--fsdp	Share the model out by FSDP2' '--max-restarts	Start all processes again so often when one fails' '--dtype	float32, bfloat16 or float16' '--report-to	Trackers to tell as well: tensorboard, wandb, trackio, mlflow' '--hub-strategy	When --push sends: only at the end; the model at every save; with the last checkpoint; with all of them' '*--set	Any other field of the library\'s arguments; see \'train schema\'. Again for more' '-d,--detach	Leave it at work in the background; it outlives the terminal' '*--after	Begin once this run is done. Again for more' '*--after-any	Begin once this run has ended, however. Again for more' '--when-free	Begin once a GPU has so much free memory: 40G or 90%. No GPU: the machine' '--retries	Resume it so often after a crash' '--notify	Run this in a shell when it has ended; $HFTERM_RUN, $HFTERM_STATE and others tell' '--push	Send what it made to this repository of the Hub, once it is done' '--private,--public	How --push makes it' '-n,--dry-run	Say what would be done; do nothing' '-f,--format	Output format' '--progress	How to show progress' '-q,--quiet	Say only errors' '-v,--verbose	Say more' '--debug	Show tracebacks and everything' '--help	Show this message and exit'
        case 'train mlm'
            set subs 
            set opts '--name	Name the run' '--resume	Go on with the run --name where it was; begin it if there is none' '--from-scratch	Begin with random weights: of the model only its config.json counts' '--max-length	Tokens of a piece; longer texts become several' '--mlm-probability	Share of the tokens that are masked' '--whole-words	Mask whole words, not single tokens' '--config	The data set\'s configuration' '--split	The data set\'s split, several (a+b), or all' '*--eval-data	Records to measure on, as DATA; of several NAME=DATA names one\'s metrics. Again for more' '--eval-split	Measure on this split, or hold out this share of DATA: 0.1' '*--column	Take a column of the data for a field: prompt=question. Again for more' '--max-samples	Take only the first so many records' '--peft	PEFT method (lora, dora, ia3, ...), or none to tune all weights' '*--peft-set	A setting of the PEFT method, such as r=8. Again for more' '--load-in	Keep the frozen weights in 4bit (NF4) or 8bit (QLoRA)' '--learning-rate	Peak learning rate' '--num-train-epochs	Passes over the data' '--max-steps	Stop after this many steps instead' '--per-device-train-batch-size	Examples a forward pass on each device' '--gradient-accumulation-steps	Forward passes a step' '--gradient-checkpointing	Compute activations again instead of keeping them: less memory' '--warmup-steps	Steps of rising learning rate; below 1 a share of all steps' '--lr-scheduler-type	Course of the learning rate after that: linear, cosine, constant, ...' '--weight-decay	Weight decay' '--save-steps	Steps between checkpoints' '--keep	Checkpoints that stay: best, last, a number of newest, every:STEPS, all' '--logging-steps	Steps between logged metrics' '--eval-steps	Steps between evaluations' '--seed	Seed of everything random' '--skip-bad	Leave out records that cannot be read or used' '--device	auto, cpu, cuda, cuda:N or mps' '--launch	How processes are started: auto, none (in this one), torchrun, accelerate or deepspeed' '--gpus	GPUs to train on, a process each: all, how many, or 0,1' '--nproc	Processes that train together, on each node' '--nodes	Train on the hosts of this file, over ssh: NAME slots=N; none: here alone' '--zero	DeepSpeed ZeRO stage, which shares the model out: 1, 2 or 3' '--offload	With --zero or --fsdp, what stays on the CPU: optimizer, params or both' '--fsdp	Share the model out by FSDP2' '--max-restarts	Start all processes again so often when one fails' '--dtype	float32, bfloat16 or float16' '--report-to	Trackers to tell as well: tensorboard, wandb, trackio, mlflow' '--hub-strategy	When --push sends: only at the end; the model at every save; with the last checkpoint; with all of them' '*--set	Any other field of the library\'s arguments; see \'train schema\'. Again for more' '-d,--detach	Leave it at work in the background; it outlives the terminal' '*--after	Begin once this run is done. Again for more' '*--after-any	Begin once this run has ended, however. Again for more' '--when-free	Begin once a GPU has so much free memory: 40G or 90%. No GPU: the machine' '--retries	Resume it so often after a crash' '--notify	Run this in a shell when it has ended; $HFTERM_RUN, $HFTERM_STATE and others tell' '--push	Send what it made to this repository of the Hub, once it is done' '--private,--public	How --push makes it' '-n,--dry-run	Say what would be done; do nothing' '-f,--format	Output format' '--progress	How to show progress' '-q,--quiet	Say only errors' '-v,--verbose	Say more' '--debug	Show tracebacks and everything' '--help	Show this message and exit'
        case 'train seq2seq'
            set subs 
            set opts '--name	Name the run' '--resume	Go on with the run --name where it was; begin it if there is none' '--from-scratch	Begin with random weights: of the model only its config.json counts' '--metric	Metrics of an evaluation, by name, between commas' '--max-length	Tokens a source may have; longer ones are cut off' '--max-target-length	Tokens a target may have, also one that is generated' '--source-prefix	Text before every source, such as \'summarize: \'' '--config	The data set\'s configuration' '--split	The data set\'s split, several (a+b), or all' '*--eval-data	Records to measure on, as DATA; of several NAME=DATA names one\'s metrics. Again for more' '--eval-split	Measure on this split, or hold out this share of DATA: 0.1' '*--column	Take a column of the data for a field: prompt=question. Again for more' '--max-samples	Take only the first so many records' '--peft	PEFT method (lora, dora, ia3, ...), or none to tune all weights' '*--peft-set	A setting of the PEFT method, such as r=8. Again for more' '--load-in	Keep the frozen weights in 4bit (NF4) or 8bit (QLoRA)' '--learning-rate	Peak learning rate' '--num-train-epochs	Passes over the data' '--max-steps	Stop after this many steps instead' '--per-device-train-batch-size	Examples a forward pass on each device' '--gradient-accumulation-steps	Forward passes a step' '--gradient-checkpointing	Compute activations again instead of keeping them: less memory' '--warmup-steps	Steps of rising learning rate; below 1 a share of all steps' '--lr-scheduler-type	Course of the learning rate after that: linear, cosine, constant, ...' '--weight-decay	Weight decay' '--save-steps	Steps between checkpoints' '--keep	Checkpoints that stay: best, last, a number of newest, every:STEPS, all' '--logging-steps	Steps between logged metrics' '--eval-steps	Steps between evaluations' '--seed	Seed of everything random' '--skip-bad	Leave out records that cannot be read or used' '--device	auto, cpu, cuda, cuda:N or mps' '--launch	How processes are started: auto, none (in this one), torchrun, accelerate or deepspeed' '--gpus	GPUs to train on, a process each: all, how many, or 0,1' '--nproc	Processes that train together, on each node' '--nodes	Train on the hosts of this file, over ssh: NAME slots=N; none: here alone' '--zero	DeepSpeed ZeRO stage, which shares the model out: 1, 2 or 3' '--offload	With --zero or --fsdp, what stays on the CPU: optimizer, params or both' '--fsdp	Share the model out by FSDP2' '--max-restarts	Start all processes again so often when one fails' '--dtype	float32, bfloat16 or float16' '--report-to	Trackers to tell as well: tensorboard, wandb, trackio, mlflow' '--hub-strategy	When --push sends: only at the end; the model at every save; with the last checkpoint; with all of them' '*--set	Any other field of the library\'s arguments; see \'train schema\'. Again for more' '-d,--detach	Leave it at work in the background; it outlives the terminal' '*--after	Begin once this run is done. Again for more' '*--after-any	Begin once this run has ended, however. Again for more' '--when-free	Begin once a GPU has so much free memory: 40G or 90%. No GPU: the machine' '--retries	Resume it so often after a crash' '--notify	Run this in a shell when it has ended; $HFTERM_RUN, $HFTERM_STATE and others tell' '--push	Send what it made to this repository of the Hub, once it is done' '--private,--public	How --push makes it' '-n,--dry-run	Say what would be done; do nothing' '-f,--format	Output format' '--progress	How to show progress' '-q,--quiet	Say only errors' '-v,--verbose	Say more' '--debug	Show tracebacks and everything' '--help	Show this message and exit'
        case 'train classify'
            set subs 
            set opts '--name	Name the run' '--resume	Go on with the run --name where it was; begin it if there is none' '--from-scratch	Begin with random weights: of the model only its config.json counts' '--metric	Metrics of an evaluation, by name, between commas' '--max-length	Tokens a text may have; longer ones are cut off' '--problem-type	One label a text, several, or numbers (regression)' '--config	The data set\'s configuration' '--split	The data set\'s split, several (a+b), or all' '*--eval-data	Records to measure on, as DATA; of several NAME=DATA names one\'s metrics. Again for more' '--eval-split	Measure on this split, or hold out this share of DATA: 0.1' '*--column	Take a column of the data for a field: prompt=question. Again for more' '--max-samples	Take only the first so many records' '--peft	PEFT method (lora, dora, ia3, ...), or none to tune all weights' '*--peft-set	A setting of the PEFT method, such as r=8. Again for more' '--load-in	Keep the frozen weights in 4bit (NF4) or 8bit (QLoRA)' '--learning-rate	Peak learning rate' '--num-train-epochs	Passes over the data' '--max-steps	Stop after this many steps instead' '--per-device-train-batch-size	Examples a forward pass on each device' '--gradient-accumulation-steps	Forward passes a step' '--gradient-checkpointing	Compute activations again instead of keeping them: less memory' '--warmup-steps	Steps of rising learning rate; below 1 a share of all steps' '--lr-scheduler-type	Course of the learning rate after that: linear, cosine, constant, ...' '--weight-decay	Weight decay' '--save-steps	Steps between checkpoints' '--keep	Checkpoints that stay: best, last, a number of newest, every:STEPS, all' '--logging-steps	Steps between logged metrics' '--eval-steps	Steps between evaluations' '--seed	Seed of everything random' '--skip-bad	Leave out records that cannot be read or used' '--device	auto, cpu, cuda, cuda:N or mps' '--launch	How processes are started: auto, none (in this one), torchrun, accelerate or deepspeed' '--gpus	GPUs to train on, a process each: all, how many, or 0,1' '--nproc	Processes that train together, on each node' '--nodes	Train on the hosts of this file, over ssh: NAME slots=N; none: here alone' '--zero	DeepSpeed ZeRO stage, which shares the model out: 1, 2 or 3' '--offload	With --zero or --fsdp, what stays on the CPU: optimizer, params or both' '--fsdp	Share the model out by FSDP2' '--max-restarts	Start all processes again so often when one fails' '--dtype	float32, bfloat16 or float16' '--report-to	Trackers to tell as well: tensorboard, wandb, trackio, mlflow' '--hub-strategy	When --push sends: only at the end; the model at every save; with the last checkpoint; with all of them' '*--set	Any other field of the library\'s arguments; see \'train schema\'. Again for more' '-d,--detach	Leave it at work in the background; it outlives the terminal' '*--after	Begin once this run is done. Again for more' '*--after-any	Begin once this run has ended, however. Again for more' '--when-free	Begin once a GPU has so much free memory: 40G or 90%. No GPU: the machine' '--retries	Resume it so often after a crash' '--notify	Run this in a shell when it has ended; $HFTERM_RUN, $HFTERM_STATE and others tell' '--push	Send what it made to this repository of the Hub, once it is done' '--private,--public	How --push makes it' '-n,--dry-run	Say what would be done; do nothing' '-f,--format	Output format' '--progress	How to show progress' '-q,--quiet	Say only errors' '-v,--verbose	Say more' '--debug	Show tracebacks and everything' '--help	Show this message and exit'
        case 'train tag'
            set subs 
            set opts '--name	Name the run' '--resume	Go on with the run --name where it was; begin it if there is none' '--from-scratch	Begin with random weights: of the model only its config.json counts' '--metric	Metrics of an evaluation, by name, between commas' '--max-length	Tokens a text may have; longer ones are cut off' '--config	The data set\'s configuration' '--split	The data set\'s split, several (a+b), or all' '*--eval-data	Records to measure on, as DATA; of several NAME=DATA names one\'s metrics. Again for more' '--eval-split	Measure on this split, or hold out this share of DATA: 0.1' '*--column	Take a column of the data for a field: prompt=question. Again for more' '--max-samples	Take only the first so many records' '--peft	PEFT method (lora, dora, ia3, ...), or none to tune all weights' '*--peft-set	A setting of the PEFT method, such as r=8. Again for more' '--load-in	Keep the frozen weights in 4bit (NF4) or 8bit (QLoRA)' '--learning-rate	Peak learning rate' '--num-train-epochs	Passes over the data' '--max-steps	Stop after this many steps instead' '--per-device-train-batch-size	Examples a forward pass on each device' '--gradient-accumulation-steps	Forward passes a step' '--gradient-checkpointing	Compute activations again instead of keeping them: less memory' '--warmup-steps	Steps of rising learning rate; below 1 a share of all steps' '--lr-scheduler-type	Course of the learning rate after that: linear, cosine, constant, ...' '--weight-decay	Weight decay' '--save-steps	Steps between checkpoints' '--keep	Checkpoints that stay: best, last, a number of newest, every:STEPS, all' '--logging-steps	Steps between logged metrics' '--eval-steps	Steps between evaluations' '--seed	Seed of everything random' '--skip-bad	Leave out records that cannot be read or used' '--device	auto, cpu, cuda, cuda:N or mps' '--launch	How processes are started: auto, none (in this one), torchrun, accelerate or deepspeed' '--gpus	GPUs to train on, a process each: all, how many, or 0,1' '--nproc	Processes that train together, on each node' '--nodes	Train on the hosts of this file, over ssh: NAME slots=N; none: here alone' '--zero	DeepSpeed ZeRO stage, which shares the model out: 1, 2 or 3' '--offload	With --zero or --fsdp, what stays on the CPU: optimizer, params or both' '--fsdp	Share the model out by FSDP2' '--max-restarts	Start all processes again so often when one fails' '--dtype	float32, bfloat16 or float16' '--report-to	Trackers to tell as well: tensorboard, wandb, trackio, mlflow' '--hub-strategy	When --push sends: only at the end; the model at every save; with the last checkpoint; with all of them' '*--set	Any other field of the library\'s arguments; see \'train schema\'. Again for more' '-d,--detach	Leave it at work in the background; it outlives the terminal' '*--after	Begin once this run is done. Again for more' '*--after-any	Begin once this run has ended, however. Again for more' '--when-free	Begin once a GPU has so much free memory: 40G or 90%. No GPU: the machine' '--retries	Resume it so often after a crash' '--notify	Run this in a shell when it has ended; $HFTERM_RUN, $HFTERM_STATE and others tell' '--push	Send what it made to this repository of the Hub, once it is done' '--private,--public	How --push makes it' '-n,--dry-run	Say what would be done; do nothing' '-f,--format	Output format' '--progress	How to show progress' '-q,--quiet	Say only errors' '-v,--verbose	Say more' '--debug	Show tracebacks and everything' '--help	Show this message and exit'
        case 'train image'
            set subs 
            set opts '--name	Name the run' '--resume	Go on with the run --name where it was; begin it if there is none' '--from-scratch	Begin with random weights: of the model only its config.json counts' '--metric	Metrics of an evaluation, by name, between commas' '--augment	Train on random crops and mirror images' '--config	The data set\'s configuration' '--split	The data set\'s split, several (a+b), or all' '*--eval-data	Records to measure on, as DATA; of several NAME=DATA names one\'s metrics. Again for more' '--eval-split	Measure on this split, or hold out this share of DATA: 0.1' '*--column	Take a column of the data for a field: prompt=question. Again for more' '--max-samples	Take only the first so many records' '--peft	PEFT method (lora, dora, ia3, ...), or none to tune all weights' '*--peft-set	A setting of the PEFT method, such as r=8. Again for more' '--load-in	Keep the frozen weights in 4bit (NF4) or 8bit (QLoRA)' '--learning-rate	Peak learning rate' '--num-train-epochs	Passes over the data' '--max-steps	Stop after this many steps instead' '--per-device-train-batch-size	Examples a forward pass on each device' '--gradient-accumulation-steps	Forward passes a step' '--gradient-checkpointing	Compute activations again instead of keeping them: less memory' '--warmup-steps	Steps of rising learning rate; below 1 a share of all steps' '--lr-scheduler-type	Course of the learning rate after that: linear, cosine, constant, ...' '--weight-decay	Weight decay' '--save-steps	Steps between checkpoints' '--keep	Checkpoints that stay: best, last, a number of newest, every:STEPS, all' '--logging-steps	Steps between logged metrics' '--eval-steps	Steps between evaluations' '--seed	Seed of everything random' '--skip-bad	Leave out records that cannot be read or used' '--device	auto, cpu, cuda, cuda:N or mps' '--launch	How processes are started: auto, none (in this one), torchrun, accelerate or deepspeed' '--gpus	GPUs to train on, a process each: all, how many, or 0,1' '--nproc	Processes that train together, on each node' '--nodes	Train on the hosts of this file, over ssh: NAME slots=N; none: here alone' '--zero	DeepSpeed ZeRO stage, which shares the model out: 1, 2 or 3' '--offload	With --zero or --fsdp, what stays on the CPU: optimizer, params or both' '--fsdp	Share the model out by FSDP2' '--max-restarts	Start all processes again so often when one fails' '--dtype	float32, bfloat16 or float16' '--report-to	Trackers to tell as well: tensorboard, wandb, trackio, mlflow' '--hub-strategy	When --push sends: only at the end; the model at every save; with the last checkpoint; with all of them' '*--set	Any other field of the library\'s arguments; see \'train schema\'. Again for more' '-d,--detach	Leave it at work in the background; it outlives the terminal' '*--after	Begin once this run is done. Again for more' '*--after-any	Begin once this run has ended, however. Again for more' '--when-free	Begin once a GPU has so much free memory: 40G or 90%. No GPU: the machine' '--retries	Resume it so often after a crash' '--notify	Run this in a shell when it has ended; $HFTERM_RUN, $HFTERM_STATE and others tell' '--push	Send what it made to this repository of the Hub, once it is done' '--private,--public	How --push makes it' '-n,--dry-run	Say what would be done; do nothing' '-f,--format	Output format' '--progress	How to show progress' '-q,--quiet	Say only errors' '-v,--verbose	Say more' '--debug	Show tracebacks and everything' '--help	Show this message and exit'
        case 'train audio'
            set subs 
            set opts '--name	Name the run' '--resume	Go on with the run --name where it was; begin it if there is none' '--from-scratch	Begin with random weights: of the model only its config.json counts' '--metric	Metrics of an evaluation, by name, between commas' '--max-seconds	Seconds a sound may have; longer ones are cut off' '--config	The data set\'s configuration' '--split	The data set\'s split, several (a+b), or all' '*--eval-data	Records to measure on, as DATA; of several NAME=DATA names one\'s metrics. Again for more' '--eval-split	Measure on this split, or hold out this share of DATA: 0.1' '*--column	Take a column of the data for a field: prompt=question. Again for more' '--max-samples	Take only the first so many records' '--peft	PEFT method (lora, dora, ia3, ...), or none to tune all weights' '*--peft-set	A setting of the PEFT method, such as r=8. Again for more' '--load-in	Keep the frozen weights in 4bit (NF4) or 8bit (QLoRA)' '--learning-rate	Peak learning rate' '--num-train-epochs	Passes over the data' '--max-steps	Stop after this many steps instead' '--per-device-train-batch-size	Examples a forward pass on each device' '--gradient-accumulation-steps	Forward passes a step' '--gradient-checkpointing	Compute activations again instead of keeping them: less memory' '--warmup-steps	Steps of rising learning rate; below 1 a share of all steps' '--lr-scheduler-type	Course of the learning rate after that: linear, cosine, constant, ...' '--weight-decay	Weight decay' '--save-steps	Steps between checkpoints' '--keep	Checkpoints that stay: best, last, a number of newest, every:STEPS, all' '--logging-steps	Steps between logged metrics' '--eval-steps	Steps between evaluations' '--seed	Seed of everything random' '--skip-bad	Leave out records that cannot be read or used' '--device	auto, cpu, cuda, cuda:N or mps' '--launch	How processes are started: auto, none (in this one), torchrun, accelerate or deepspeed' '--gpus	GPUs to train on, a process each: all, how many, or 0,1' '--nproc	Processes that train together, on each node' '--nodes	Train on the hosts of this file, over ssh: NAME slots=N; none: here alone' '--zero	DeepSpeed ZeRO stage, which shares the model out: 1, 2 or 3' '--offload	With --zero or --fsdp, what stays on the CPU: optimizer, params or both' '--fsdp	Share the model out by FSDP2' '--max-restarts	Start all processes again so often when one fails' '--dtype	float32, bfloat16 or float16' '--report-to	Trackers to tell as well: tensorboard, wandb, trackio, mlflow' '--hub-strategy	When --push sends: only at the end; the model at every save; with the last checkpoint; with all of them' '*--set	Any other field of the library\'s arguments; see \'train schema\'. Again for more' '-d,--detach	Leave it at work in the background; it outlives the terminal' '*--after	Begin once this run is done. Again for more' '*--after-any	Begin once this run has ended, however. Again for more' '--when-free	Begin once a GPU has so much free memory: 40G or 90%. No GPU: the machine' '--retries	Resume it so often after a crash' '--notify	Run this in a shell when it has ended; $HFTERM_RUN, $HFTERM_STATE and others tell' '--push	Send what it made to this repository of the Hub, once it is done' '--private,--public	How --push makes it' '-n,--dry-run	Say what would be done; do nothing' '-f,--format	Output format' '--progress	How to show progress' '-q,--quiet	Say only errors' '-v,--verbose	Say more' '--debug	Show tracebacks and everything' '--help	Show this message and exit'
        case 'train launch'
            set subs 
            set opts '-m,--module	SCRIPT is a module, as for \'python -m\'' '--nproc	Processes a node' '--gpus	all, none, how many, or which: 0,1' '--nodes	Start on these hosts over ssh: NAME slots=N' '--nnodes	How many nodes; MIN:MAX if they may come and go' '--node-rank	Which one this is, from 0' '--rdzv	Where the nodes meet: the first one' '--mixed-precision	For scripts that use Accelerate' '--zero	DeepSpeed ZeRO stage: 1, 2 or 3' '--offload	optimizer, params or both, with a comma: keep them on the CPU' '--fsdp	Share the model out by FSDP2' '--max-restarts	Start all again so often' '--config	A config file of Accelerate; options here win' '--log-dir	Keep what each process writes there too' '--name	Name what is left at work' '-d,--detach	Leave it at work in the background; it outlives the terminal' '*--after	Begin once this run is done. Again for more' '*--after-any	Begin once this run has ended, however. Again for more' '--when-free	Begin once a GPU has so much free memory: 40G or 90%. No GPU: the machine' '--retries	Resume it so often after a crash' '--notify	Run this in a shell when it has ended; $HFTERM_RUN, $HFTERM_STATE and others tell' '-n,--dry-run	Say what would be done; do nothing' '-f,--format	Output format' '-q,--quiet	Say only errors' '-v,--verbose	Say more' '--debug	Show tracebacks and everything' '--help	Show this message and exit'
        case 'train sbatch'
            set subs 
            set opts '--nodes	Nodes' '--gpus	GPUs on each node' '--cpus	Processor cores on each node' '--mem	Memory on each node, such as 200G' '--time	Time limit, such as 12:00:00 or 2-12' '--partition	Where to queue it' '--account	Whom to charge' '--job-name	The job\'s name' '--before	Stop and save so long before the limit' '--no-requeue	Do not queue the job again when its time is up' '*--set	Any other option of sbatch. Again for more' '*--setup	A line of shell to run first. Again for more' '-o,--output	Write it there, not to standard output' '--overwrite	Replace what is there already' '-q,--quiet	Say only errors' '-v,--verbose	Say more' '--debug	Show tracebacks and everything' '--help	Show this message and exit'
        case 'train run'
            set subs 
            set opts '*--set	A value over the recipe\'s: lr=1e-4, peft.r=8' '--name	Name the run' '--resume	Go on with the run --name where it was; begin it if there is none' '-d,--detach	Leave it at work in the background; it outlives the terminal' '*--after	Begin once this run is done. Again for more' '*--after-any	Begin once this run has ended, however. Again for more' '--when-free	Begin once a GPU has so much free memory: 40G or 90%. No GPU: the machine' '--retries	Resume it so often after a crash' '--notify	Run this in a shell when it has ended; $HFTERM_RUN, $HFTERM_STATE and others tell' '--push	Send what it made to this repository of the Hub, once it is done' '--private,--public	How --push makes it' '-n,--dry-run	Say what would be done; do nothing' '-f,--format	Output format' '--progress	How to show progress' '-q,--quiet	Say only errors' '-v,--verbose	Say more' '--debug	Show tracebacks and everything' '--help	Show this message and exit'
        case 'train sweep'
            set subs 
            set opts '*--grid	Vary a key: lr=1e-4,3e-4. Again for more' '*--set	A value over the recipe\'s: lr=1e-4, peft.r=8' '--name	The runs are PREFIX-1, PREFIX-2, ...' '--random	Only N of them, drawn at random' '--sort	Order by it, or by run' '-d,--detach	Leave it at work in the background; it outlives the terminal' '*--after	Begin once this run is done. Again for more' '*--after-any	Begin once this run has ended, however. Again for more' '--when-free	Begin once a GPU has so much free memory: 40G or 90%. No GPU: the machine' '--retries	Resume it so often after a crash' '--notify	Run this in a shell when it has ended; $HFTERM_RUN, $HFTERM_STATE and others tell' '--push	Send the best run to this repository of the Hub in the end' '--private,--public	How --push makes it' '-n,--dry-run	Say what would be done; do nothing' '-f,--format	Output format' '--progress	How to show progress' '-q,--quiet	Say only errors' '-v,--verbose	Say more' '--debug	Show tracebacks and everything' '--help	Show this message and exit'
        case 'train init'
            set subs 
            set opts '-o,--output	Write it there: .yaml or .toml' '--toml	TOML instead of YAML on standard output' '-f,--format	Output format' '-q,--quiet	Say only errors' '-v,--verbose	Say more' '--debug	Show tracebacks and everything' '--help	Show this message and exit'
        case 'train schema'
            set subs 
            set opts '-a,--all	Also the fields that every trainer has' '--search	Only fields, of all, whose name or help has the words' '-f,--format	Output format' '-q,--quiet	Say only errors' '-v,--verbose	Say more' '--debug	Show tracebacks and everything' '--help	Show this message and exit'
        case 'train validate'
            set subs 
            set opts '-f,--format	Output format' '-q,--quiet	Say only errors' '-v,--verbose	Say more' '--debug	Show tracebacks and everything' '--help	Show this message and exit'
        case 'train plan'
            set subs 
            set opts '*--set	A value over the recipe\'s: lr=1e-4, peft.r=8' '--gpus	80G, 4x80G, or here' '--host	Main memory of the machine, such as 64G' '--fit	Every strategy, or the fastest that fits' '-f,--format	Output format' '-q,--quiet	Say only errors' '-v,--verbose	Say more' '--debug	Show tracebacks and everything' '--help	Show this message and exit'
        case 'train ls'
            set subs 
            set opts '-f,--format	Output format' '-q,--quiet	Say only errors' '-v,--verbose	Say more' '--debug	Show tracebacks and everything' '--help	Show this message and exit'
        case 'train show'
            set subs 
            set opts '-f,--format	Output format' '-q,--quiet	Say only errors' '-v,--verbose	Say more' '--debug	Show tracebacks and everything' '--help	Show this message and exit'
        case 'train logs'
            set subs 
            set opts '-F,--follow	Go on as it grows, until the run has ended' '--events	The metrics as records, not the log\'s text' '-n,--lines	Only the last so many lines' '-f,--format	Output format' '-q,--quiet	Say only errors' '-v,--verbose	Say more' '--debug	Show tracebacks and everything' '--help	Show this message and exit'
        case 'train attach'
            set subs 
            set opts '-n,--lines	Lines of its log to begin with' '-f,--format	Output format' '--progress	How to show progress' '-q,--quiet	Say only errors' '-v,--verbose	Say more' '--debug	Show tracebacks and everything' '--help	Show this message and exit'
        case 'train compare'
            set subs 
            set opts '--all	All settings, not only those that differ' '-f,--format	Output format' '-q,--quiet	Say only errors' '-v,--verbose	Say more' '--debug	Show tracebacks and everything' '--help	Show this message and exit'
        case 'train plot'
            set subs 
            set opts '*--metric	Which: word, glob, /expression/ or !not. Again for more' '--log-y	A logarithmic y axis' '--smooth	Weight of a moving average over the raw values' '--from	The first step shown' '--to	The last step shown' '-F,--follow	Draw anew as they grow, until the runs have ended' '--ascii	Draw with ASCII characters only' '--width	Of each chart' '--height	Of each chart' '-f,--format	Output format' '-q,--quiet	Say only errors' '-v,--verbose	Say more' '--debug	Show tracebacks and everything' '--help	Show this message and exit'
        case 'train stop'
            set subs 
            set opts '--grace	Wait so long at most' '--kill	End it at once if it has not ended by then. [default grace: 60 s]' '-n,--dry-run	Say what would be done; do nothing' '-f,--format	Output format' '-q,--quiet	Say only errors' '-v,--verbose	Say more' '--debug	Show tracebacks and everything' '--help	Show this message and exit'
        case 'train resume'
            set subs 
            set opts '-F,--follow	Print its log until it has ended' '--changed-reward	Go on though a --reward was changed' '-d,--detach	Leave it at work in the background; it outlives the terminal' '*--after	Begin once this run is done. Again for more' '*--after-any	Begin once this run has ended, however. Again for more' '--when-free	Begin once a GPU has so much free memory: 40G or 90%. No GPU: the machine' '--retries	Resume it so often after a crash' '--notify	Run this in a shell when it has ended; $HFTERM_RUN, $HFTERM_STATE and others tell' '--push	Send what it made to this repository of the Hub, once it is done' '--private,--public	How --push makes it' '-f,--format	Output format' '-q,--quiet	Say only errors' '-v,--verbose	Say more' '--debug	Show tracebacks and everything' '--help	Show this message and exit'
        case 'train push'
            set subs 
            set opts '--checkpoint	A step, best or last, not the final model' '--private,--public	How to make the repository' '-m,--message	The commit\'s title' '--card	Print the card that would be sent; send nothing' '-n,--dry-run	Say what would be done; do nothing' '-f,--format	Output format' '--progress	How to show progress' '-q,--quiet	Say only errors' '-v,--verbose	Say more' '--debug	Show tracebacks and everything' '--help	Show this message and exit'
        case 'train note'
            set subs 
            set opts '--clear	Remove the note' '-f,--format	Output format' '-q,--quiet	Say only errors' '-v,--verbose	Say more' '--debug	Show tracebacks and everything' '--help	Show this message and exit'
        case 'train rm'
            set subs 
            set opts '-y,--yes	Do not ask' '-n,--dry-run	Say what would be done; do nothing' '-f,--format	Output format' '-q,--quiet	Say only errors' '-v,--verbose	Say more' '--debug	Show tracebacks and everything' '--help	Show this message and exit'
        case 'peft'
            set subs 'methods	List the methods of the installed PEFT, or one\'s settings' 'params	Count what a PEFT method would train in a model' 'plan	Compare PEFT methods: memory, what they train, adapter size' 'info	Show what an adapter is, and check that it is whole' 'convert	Convert an adapter to another program\'s format' 'merge	Merge an adapter into its base model' 'unload	Get the base model back out of a merged one' 'combine	Combine several adapters into one, each with its weight' 'diff	Show what differs between two adapters, or two whole models' 'rescale	Change an adapter\'s strength, or compress its rank' 'extract	Make a LoRA of what differs between two whole models' 'add	Make a fresh adapter for a model, as PEFT begins one'
            set opts '--help	Show this message and exit'
        case 'peft methods'
            set subs 
            set opts '--try	Try them all here first, where this PEFT was not tried yet' '-f,--format	Output format' '-q,--quiet	Say only errors' '-v,--verbose	Say more' '--debug	Show tracebacks and everything' '--help	Show this message and exit'
        case 'peft params'
            set subs 
            set opts '--peft	See hfterm peft methods' '*--peft-set	A setting of it. Again for more' '--task	What the model is for' '--each	A row a module with something to train' '-f,--format	Output format' '-q,--quiet	Say only errors' '-v,--verbose	Say more' '--debug	Show tracebacks and everything' '--help	Show this message and exit'
        case 'peft plan'
            set subs 
            set opts '--recipe	Model, batch, lengths, dtype and the rest as in this recipe' '*--peft	Only this method. Again for more' '*--peft-set	A setting of the only method' '--all	Every method of the installed PEFT; it takes a minute' '--batch	Examples a GPU at once' '--max-length	Tokens of an example' '--gradient-checkpointing	Compute activations again' '--gpus	80G, 4x80G, or here' '--host	Main memory of the machine, such as 64G' '--fit	Nothing shared out, or the fastest strategy that fits' '-f,--format	Output format' '-q,--quiet	Say only errors' '-v,--verbose	Say more' '--debug	Show tracebacks and everything' '--help	Show this message and exit'
        case 'peft info'
            set subs 
            set opts '--base	Model to hold it against' '--layers	A row a layer: modules, parameters, norms' '--each	A row a module: rank, scaling, parameters, norms' '--load	Have the adapters library load it onto its base, and run both' '--allow-pickle	Take weights of torch.save too; tensors alone are loaded' '-f,--format	Output format' '--progress	How to show progress' '-q,--quiet	Say only errors' '-v,--verbose	Say more' '--debug	Show tracebacks and everything' '--help	Show this message and exit'
        case 'peft convert'
            set subs 
            set opts '--to	The format' '-o,--output	The file; for peft and adapters a folder' '--base	Base model' '--dtype	Of a GGUF file' '--part	Of a pipeline, to kohya or diffusers' '--verify	Load the original with the adapters library and compare' '--allow-pickle	Take weights of torch.save too; tensors alone are loaded' '--overwrite	Replace what is there already' '-f,--format	Output format' '--progress	How to show progress' '-q,--quiet	Say only errors' '-v,--verbose	Say more' '--debug	Show tracebacks and everything' '--help	Show this message and exit'
        case 'peft merge'
            set subs 
            set opts '-o,--output	Folder to write' '--base	Base model' '--dtype	Of the merged weights' '--max-shard-size	Largest weight file' '--verify	Run the whole model before and after, or only each layer' '--allow-pickle	Take weights of torch.save too; tensors alone are loaded' '--device	auto, cpu, cuda, cuda:N or mps' '--overwrite	Replace what is there already' '-f,--format	Output format' '--progress	How to show progress' '-q,--quiet	Say only errors' '-v,--verbose	Say more' '--debug	Show tracebacks and everything' '--help	Show this message and exit'
        case 'peft unload'
            set subs 
            set opts '--adapter	The adapter that was merged' '--base	The base itself, to hold the result against' '-o,--output	Folder to write' '--max-shard-size	Largest weight file' '--overwrite	Replace what is there already' '-f,--format	Output format' '--progress	How to show progress' '-q,--quiet	Say only errors' '-v,--verbose	Say more' '--debug	Show tracebacks and everything' '--help	Show this message and exit'
        case 'peft combine'
            set subs 
            set opts '-o,--output	Folder to write' '--how	One of those below' '--density	Of ties, dare, prune: the share of numbers to keep' '--rank	Of svd: the result\'s' '--majority-sign-method	Of ties: by sum or by count' '--seed	Of dare, which drops numbers by chance' '--base	Base model of the result' '-n,--dry-run	Say what would be done; do nothing' '--overwrite	Replace what is there already' '-f,--format	Output format' '-q,--quiet	Say only errors' '-v,--verbose	Say more' '--debug	Show tracebacks and everything' '--help	Show this message and exit'
        case 'peft diff'
            set subs 
            set opts '--limit	Rows of a kind to tell; 0: all' '--exit-code	Exit with 1 if anything differs' '-f,--format	Output format' '--progress	How to show progress' '-q,--quiet	Say only errors' '-v,--verbose	Say more' '--debug	Show tracebacks and everything' '--help	Show this message and exit'
        case 'peft rescale'
            set subs 
            set opts '-o,--output	Folder to write' '--scale	Multiply what it changes by this' '--alpha	Set alpha, which means alpha / rank times' '--rank	Keep the best part of this lower rank (LoRA)' '-n,--dry-run	Say what would be done; do nothing' '--overwrite	Replace what is there already' '-f,--format	Output format' '-q,--quiet	Say only errors' '-v,--verbose	Say more' '--debug	Show tracebacks and everything' '--help	Show this message and exit'
        case 'peft extract'
            set subs 
            set opts '-o,--output	Folder to write' '--rank	Of each layer, where it is wide' '--targets	Ends of layers\' names' '--save-modules	Hold what differs elsewhere whole: norms, embeddings, biases' '--no-check	Do not ask both for answers to compare' '-n,--dry-run	Say what would be done; do nothing' '--overwrite	Replace what is there already' '-f,--format	Output format' '--progress	How to show progress' '-q,--quiet	Say only errors' '-v,--verbose	Say more' '--debug	Show tracebacks and everything' '--help	Show this message and exit'
        case 'peft add'
            set subs 
            set opts '-o,--output	Folder to write' '--peft	See hfterm peft methods' '*--peft-set	A setting of it. Again for more' '--task	What the model is for' '--seed	Of the numbers it begins with' '-n,--dry-run	Say what would be done; do nothing' '--overwrite	Replace what is there already' '-f,--format	Output format' '-q,--quiet	Say only errors' '-v,--verbose	Say more' '--debug	Show tracebacks and everything' '--help	Show this message and exit'
        case 'chat'
            set subs 
            set opts '-p,--prompt	Ask this, print the answer, leave. What is piped in goes under it' '--system	Tell the model how to behave' '--max-new-tokens	End an answer after so many tokens' '--temperature	0: the likeliest words, the same each time. Higher: livelier' '--top-p	With a temperature: draw from the likeliest words that make up this share' '--seed	With a temperature: make the answer repeatable' '--device	auto, cpu, cuda, cuda:N or mps' '--url	Ask a server that speaks OpenAI\'s protocol; MODEL is its model\'s name' '-c,--continue	Go on with the last conversation' '--session	Go on with this conversation' '--no-save	Do not save the conversation' '--list	List the saved conversations, the last used first' '--search	List those with all these words' '-n,--limit	List so many at most' '--export	Write conversations as records that train sft takes' '-o,--output	With --export: to this file, .jsonl, or .md to read' '--delete	Delete conversations' '-y,--yes	Do not ask' '-f,--format	Output format' '-q,--quiet	Say only errors' '-v,--verbose	Say more' '--debug	Show tracebacks and everything' '--help	Show this message and exit'
        case 'mem'
            set subs 
            set opts '--for	What to do with it; inference reads a prompt of --max-length' '--task	clm, seq2seq, classify, tag, qa, mlm, image, audio or features' '--peft	See hfterm peft methods' '*--peft-set	A setting of it. Again for more' '--per-device-train-batch-size,--batch	Examples a GPU at once' '--max-length	Tokens of an example' '--target-length	Tokens of an answer, seq2seq' '--gradient-accumulation-steps	Forward passes a step' '--dtype	Of the arithmetic' '--mixed,--no-mixed	Weights stay in float32 (autocast)' '--gradient-checkpointing	Compute activations again instead of keeping them' '--attn	Attention' '--optim	adamw_torch_fused, adamw_torch, adamw_8bit, adafactor, adagrad, rmsprop or sgd' '--no-foreach	The optimizer goes weight by weight, not fused' '--load-in	Quantize the weights (bitsandbytes)' '--zero	Only this stage of DeepSpeed\'s ZeRO' '--fsdp	Only FSDP' '--offload	To main memory: optimizer, params, or both with a comma' '--gpus	80G, 4x80G, or here' '--host	Main memory of the machine, such as 64G' '--fit	Every strategy, or the fastest that fits' '-f,--format	Output format' '-q,--quiet	Say only errors' '-v,--verbose	Say more' '--debug	Show tracebacks and everything' '--help	Show this message and exit'
        case 'eval'
            set subs 
            set opts '*--metric	What to compute, with commas between' '--list	List the metrics: what they say, range, library, source' '--prediction	The column that was predicted' '--reference	The column that is right' '--against	Take the references from here, in the same order' '--average	Of f1, precision, recall, roc_auc over labels' '--positive	The positive label' '--input-format	What is read' '--skip-bad	Leave out records that cannot be scored, with a warning' '--model	Evaluate this model on the records: a folder, a Hub id or run:NAME' '--task	How the model was trained: sft, classify, ...' '--batch-size	Records a forward pass, with --model' '--max-length	Tokens a record may have, with --model' '--split	The split of a data set, with --model' '--device	auto, cpu, cuda, cuda:N or mps, with --model' '-f,--format	Output format' '--progress	How to show progress' '-q,--quiet	Say only errors' '-v,--verbose	Say more' '--debug	Show tracebacks and everything' '--help	Show this message and exit'
        case 'demo'
            set subs 
            set opts '--data	Teach these records instead: JSON Lines, JSON, CSV or TSV; - is standard input' '--ask	What to ask before and after, in words that the data does not use' '*--expect	A word that a right answer holds; exit 6 when it does not. Repeat for others that will do' '--steps	Training steps' '--fresh	Start over; the model already fetched is kept' '-n,--dry-run	Say what would be done; do nothing' '--device	auto, cpu, cuda, cuda:N or mps' '-f,--format	Output format' '--progress	How to show progress' '-q,--quiet	Say only errors' '-v,--verbose	Say more' '--debug	Show tracebacks and everything' '--help	Show this message and exit'
        case 'ui'
            set subs 
            set opts '--screen	Where to begin' '--demo	Show pretend GPUs, a pretend run and a pretend chat' '--readonly	Let nothing be stopped, deleted or started' '--mouse,--no-mouse	Have the mouse, or leave it to the terminal' '--glyphs	What to draw with' '--theme	Colours' '--interval	How often to look' '--keymap	Keys of your own: \'app.quit=Q,f10 chart.log=L\'' '--keys	Print the key table and leave' '-f,--format	Output format' '-q,--quiet	Say only errors' '-v,--verbose	Say more' '--debug	Show tracebacks and everything' '--help	Show this message and exit'
        case 'gpu'
            set subs 'procs	List the processes on the GPUs' 'wait	Wait until a GPU is free, and print its index'
            set opts '-w,--watch	Look again every SECONDS until Ctrl-C' '--count	End the watch after so many rounds' '-f,--format	Output format' '-q,--quiet	Say only errors' '-v,--verbose	Say more' '--debug	Show tracebacks and everything' '--help	Show this message and exit'
        case 'gpu procs'
            set subs 
            set opts '-f,--format	Output format' '-q,--quiet	Say only errors' '-v,--verbose	Say more' '--debug	Show tracebacks and everything' '--help	Show this message and exit'
        case 'gpu wait'
            set subs 
            set opts '--free	Free memory each must have: 40G is 40 GiB (as nvidia-smi counts), 40GB is 10^9 bytes, 90% of what it has' '--gpus	How many GPUs' '--util-below	And busy less than so many percent' '--timeout	Give up after this long (exit 1); 0 looks once' '--interval	How often to look' '--uuid	Print UUIDs, which mean the same GPU in any order of counting' '-f,--format	Output format' '-q,--quiet	Say only errors' '-v,--verbose	Say more' '--debug	Show tracebacks and everything' '--help	Show this message and exit'
        case 'doctor'
            set subs 
            set opts '--offline	Send nothing: leave out the endpoint, and whether it accepts the token' '*--only	Check only this subject; may be given several times' '-f,--format	Output format' '-q,--quiet	Say only errors' '-v,--verbose	Say more' '--debug	Show tracebacks and everything' '--help	Show this message and exit'
        case 'config'
            set subs 'ls	List settings, their values and where they come from' 'get	Print one setting\'s value' 'set	Change or clear a setting' 'edit	Open the settings file in an editor' 'path	Print the path of the settings file'
            set opts '--help	Show this message and exit'
        case 'config ls'
            set subs 
            set opts '-a,--all	Also every option of every command' '-f,--format	Output format' '-q,--quiet	Say only errors' '-v,--verbose	Say more' '--debug	Show tracebacks and everything' '--help	Show this message and exit'
        case 'config get'
            set subs 
            set opts '-f,--format	Output format' '-q,--quiet	Say only errors' '-v,--verbose	Say more' '--debug	Show tracebacks and everything' '--help	Show this message and exit'
        case 'config set'
            set subs 
            set opts '--unset	Clear the setting' '--project	In ./hfterm.toml instead of the user\'s file' '-f,--format	Output format' '-q,--quiet	Say only errors' '-v,--verbose	Say more' '--debug	Show tracebacks and everything' '--help	Show this message and exit'
        case 'config edit'
            set subs 
            set opts '--project	./hfterm.toml instead of the user\'s file' '-q,--quiet	Say only errors' '-v,--verbose	Say more' '--debug	Show tracebacks and everything' '--help	Show this message and exit'
        case 'config path'
            set subs 
            set opts '--project	The project\'s file instead of the user\'s' '-q,--quiet	Say only errors' '-v,--verbose	Say more' '--debug	Show tracebacks and everything' '--help	Show this message and exit'
        case 'completion'
            set subs 
            set opts '--install	Put it where the shell finds it, and print that path' '-n,--dry-run	Say what would be done; do nothing' '-q,--quiet	Say only errors' '-v,--verbose	Say more' '--debug	Show tracebacks and everything' '--help	Show this message and exit'
        case 'help'
            set subs 'exit-codes	Topic' 'formats	Topic' 'environment	Topic' 'references	Topic' 'hub	Models and data sets: search, look, get, share' 'data	Rows of any format: look, pick, shape, convert' 'tok	Tokenizers: train, compare; encode, count, chunk, pack' 'train	Fine-tune models, and follow the runs' 'peft	Adapters: methods, counts, a look inside, merge' 'chat	Ask a model, once or in a conversation' 'mem	Predict what a model needs of GPUs to be trained or run' 'eval	Score predictions, or a model on records: accuracy, F1, loss' 'demo	Fine-tune a small model here, from nothing to a right answer' 'ui	Open the dashboard: GPUs, training runs, chat' 'gpu	Show GPUs, or CPU and memory where there are none; wait for one' 'doctor	Check Python, libraries, accelerators, disk, network and terminal' 'config	Settings and where each value comes from' 'completion	Print or install the completion script of a shell' 'help	Explain a topic or a command'
            set opts '-q,--quiet	Say only errors' '-v,--verbose	Say more' '--debug	Show tracebacks and everything' '--help	Show this message and exit'
        case 'help hub'
            set subs 'search	Search models, data sets and spaces' 'info	Show what a repository is: task, size, licence, parameters' 'card	Read a repository\'s card' 'ls	List the files of a repository with their sizes' 'cat	Write a file of a repository, or a range of its bytes' 'inspect	Show what is in weights and data files; only their headers are read' 'get	Get files or whole repositories; goes on where it stopped' 'put	Send files and folders to a repository' 'rm	Remove files of a repository, or all of it' 'create	Make a repository' 'move	Rename a repository, or give it to another owner' 'branch	List, make or remove branches of a repository' 'tag	List, make or remove tags of a repository' 'diff	Show what differs between two revisions, or a folder and a repository' 'cache	What is cached: list, measure, remove, check, import' 'login	Log in to the Hub: keep a token from a prompt or a pipe' 'logout	Forget the token in use, one by name, or all' 'whoami	Show whose token is in use, and what it may do' 'token	List the kept tokens, masked; choose one, print one' 'share	Serve a cache or a store as a Hub, to machines without internet'
            set opts 
        case 'help hub search'
            set subs 
            set opts 
        case 'help hub info'
            set subs 
            set opts 
        case 'help hub card'
            set subs 
            set opts 
        case 'help hub ls'
            set subs 
            set opts 
        case 'help hub cat'
            set subs 
            set opts 
        case 'help hub inspect'
            set subs 
            set opts 
        case 'help hub get'
            set subs 
            set opts 
        case 'help hub put'
            set subs 
            set opts 
        case 'help hub rm'
            set subs 
            set opts 
        case 'help hub create'
            set subs 
            set opts 
        case 'help hub move'
            set subs 
            set opts 
        case 'help hub branch'
            set subs 
            set opts 
        case 'help hub tag'
            set subs 
            set opts 
        case 'help hub diff'
            set subs 
            set opts 
        case 'help hub cache'
            set subs 'ls	List what is in the caches: size, files, last use' 'du	Sum up the caches, and what a prune would free' 'rm	Remove repositories, revisions or files from the caches' 'prune	Remove what the caches can do without' 'verify	Check cached files against their hashes' 'import	Import repositories from a cache, an archive or a folder'
            set opts 
        case 'help hub cache ls'
            set subs 
            set opts 
        case 'help hub cache du'
            set subs 
            set opts 
        case 'help hub cache rm'
            set subs 
            set opts 
        case 'help hub cache prune'
            set subs 
            set opts 
        case 'help hub cache verify'
            set subs 
            set opts 
        case 'help hub cache import'
            set subs 
            set opts 
        case 'help hub login'
            set subs 
            set opts 
        case 'help hub logout'
            set subs 
            set opts 
        case 'help hub whoami'
            set subs 
            set opts 
        case 'help hub token'
            set subs 'use	Use a kept token from now on' 'print	Print a token itself, for a program to read'
            set opts 
        case 'help hub token use'
            set subs 
            set opts 
        case 'help hub token print'
            set subs 
            set opts 
        case 'help hub share'
            set subs 
            set opts 
        case 'help data'
            set subs 'head	Write the first rows' 'tail	Write the last rows' 'sample	Draw rows at random, each as likely as any other' 'cat	Write all rows as records, or convert them to another format' 'schema	Show the columns: their SQL types, and how many values are missing' 'count	Count the rows of each source' 'info	Show what sources are: format, rows, columns, bytes, compression' 'stats	Show what the values of each column are like' 'validate	Check that rows can be trained on; exit 6 when some cannot' 'filter	Keep the rows that a condition is true of' 'select	Keep some columns, or make rows of expressions' 'map	Add columns made by expressions, or make columns anew' 'sql	Answer an SQL query over the rows' 'sort	Put rows in order' 'shuffle	Mix rows up' 'split	Deal rows out at random to train, test and validation files' 'concat	Put sources one behind the other, their columns by name' 'mix	Mix the rows of sources at random, by weights' 'dedup	Keep the first of the rows that are equal' 'format	Turn records of the usual shapes into one shape' 'convert	Convert rows from any format to any other' 'view	Page through rows, however many, on the terminal' 'get	Get a data set of the Hub, or a split of it; goes on where it stopped' 'put	Put rows into a data set of the Hub, as Parquet with a card'
            set opts 
        case 'help data head'
            set subs 
            set opts 
        case 'help data tail'
            set subs 
            set opts 
        case 'help data sample'
            set subs 
            set opts 
        case 'help data cat'
            set subs 
            set opts 
        case 'help data schema'
            set subs 
            set opts 
        case 'help data count'
            set subs 
            set opts 
        case 'help data info'
            set subs 
            set opts 
        case 'help data stats'
            set subs 
            set opts 
        case 'help data validate'
            set subs 
            set opts 
        case 'help data filter'
            set subs 
            set opts 
        case 'help data select'
            set subs 
            set opts 
        case 'help data map'
            set subs 
            set opts 
        case 'help data sql'
            set subs 
            set opts 
        case 'help data sort'
            set subs 
            set opts 
        case 'help data shuffle'
            set subs 
            set opts 
        case 'help data split'
            set subs 
            set opts 
        case 'help data concat'
            set subs 
            set opts 
        case 'help data mix'
            set subs 
            set opts 
        case 'help data dedup'
            set subs 
            set opts 
        case 'help data format'
            set subs 
            set opts 
        case 'help data convert'
            set subs 
            set opts 
        case 'help data view'
            set subs 
            set opts 
        case 'help data get'
            set subs 
            set opts 
        case 'help data put'
            set subs 
            set opts 
        case 'help tok'
            set subs 'train	Train a tokenizer on texts' 'encode	Turn texts into token ids' 'decode	Turn token ids into text' 'count	Count the tokens of files or standard input' 'chunk	Cut texts into chunks of so many tokens' 'pack	Pack texts into shards of token ids for training' 'chat	Write conversations as the chat template makes them' 'add	Add tokens to a copy of a tokenizer' 'info	Show what a tokenizer is made of' 'vocab	List the tokens of a vocabulary with their ids' 'diff	Show what differs between two tokenizers' 'bench	Measure how fast each engine makes token ids, and compare the ids' 'convert	Make a fast tokenizer of a SentencePiece, tiktoken or slow one'
            set opts 
        case 'help tok train'
            set subs 
            set opts 
        case 'help tok encode'
            set subs 
            set opts 
        case 'help tok decode'
            set subs 
            set opts 
        case 'help tok count'
            set subs 
            set opts 
        case 'help tok chunk'
            set subs 
            set opts 
        case 'help tok pack'
            set subs 
            set opts 
        case 'help tok chat'
            set subs 
            set opts 
        case 'help tok add'
            set subs 
            set opts 
        case 'help tok info'
            set subs 
            set opts 
        case 'help tok vocab'
            set subs 
            set opts 
        case 'help tok diff'
            set subs 
            set opts 
        case 'help tok bench'
            set subs 
            set opts 
        case 'help tok convert'
            set subs 
            set opts 
        case 'help train'
            set subs 'sft	Fine-tune a language model on instructions or chats' 'dpo	Tune a language model by pairs of answers, better and worse (DPO)' 'kto	Tune a language model by answers marked good or bad (KTO)' 'reward	Train a reward model by pairs of answers, better and worse' 'grpo	Tune a language model by rewards for its own completions (GRPO)' 'rloo	Tune a language model by rewards for its own completions (RLOO)' 'distill	Teach a language model to go on as a larger one would' 'clm	Pretrain a language model on plain text' 'mlm	Train a masked language model on plain text' 'seq2seq	Train text to text: translate, summarize, rewrite' 'classify	Train a classifier of texts, or of pairs of texts' 'tag	Train a tagger of words: names, parts of speech' 'image	Train a classifier of images' 'audio	Train a classifier of sounds' 'launch	Run your own training script on several GPUs, processes or nodes' 'sbatch	Write a batch script for Slurm that trains, and goes on when its time is up' 'run	Train as a recipe file says' 'sweep	Train a recipe once for each combination of settings' 'init	Write a recipe to begin with: each common field, its help and default' 'schema	List or explain the fields of a method: its recipe\'s and its library\'s' 'validate	Check recipes: every problem with its line; exit 6 when there is one' 'plan	Predict what a recipe needs of GPUs, and which strategies fit' 'ls	List training runs' 'show	Show one run: its state, settings and last metrics' 'logs	Print or follow a run\'s log or metrics' 'attach	Look on while a run works, until it has ended' 'compare	Compare runs: settings that differ, losses, metrics, speed, memory' 'plot	Draw the metrics of runs, logs and event files as charts' 'stop	Stop runs: each saves a checkpoint after its step' 'resume	Go on with a stopped, failed or lost run, in the background' 'push	Send what a run made to the Hub, with a card that tells of it' 'note	Print, write or clear a run\'s note' 'rm	Remove runs: their checkpoints, output and log'
            set opts 
        case 'help train sft'
            set subs 
            set opts 
        case 'help train dpo'
            set subs 
            set opts 
        case 'help train kto'
            set subs 
            set opts 
        case 'help train reward'
            set subs 
            set opts 
        case 'help train grpo'
            set subs 
            set opts 
        case 'help train rloo'
            set subs 
            set opts 
        case 'help train distill'
            set subs 
            set opts 
        case 'help train clm'
            set subs 
            set opts 
        case 'help train mlm'
            set subs 
            set opts 
        case 'help train seq2seq'
            set subs 
            set opts 
        case 'help train classify'
            set subs 
            set opts 
        case 'help train tag'
            set subs 
            set opts 
        case 'help train image'
            set subs 
            set opts 
        case 'help train audio'
            set subs 
            set opts 
        case 'help train launch'
            set subs 
            set opts 
        case 'help train sbatch'
            set subs 
            set opts 
        case 'help train run'
            set subs 
            set opts 
        case 'help train sweep'
            set subs 
            set opts 
        case 'help train init'
            set subs 
            set opts 
        case 'help train schema'
            set subs 
            set opts 
        case 'help train validate'
            set subs 
            set opts 
        case 'help train plan'
            set subs 
            set opts 
        case 'help train ls'
            set subs 
            set opts 
        case 'help train show'
            set subs 
            set opts 
        case 'help train logs'
            set subs 
            set opts 
        case 'help train attach'
            set subs 
            set opts 
        case 'help train compare'
            set subs 
            set opts 
        case 'help train plot'
            set subs 
            set opts 
        case 'help train stop'
            set subs 
            set opts 
        case 'help train resume'
            set subs 
            set opts 
        case 'help train push'
            set subs 
            set opts 
        case 'help train note'
            set subs 
            set opts 
        case 'help train rm'
            set subs 
            set opts 
        case 'help peft'
            set subs 'methods	List the methods of the installed PEFT, or one\'s settings' 'params	Count what a PEFT method would train in a model' 'plan	Compare PEFT methods: memory, what they train, adapter size' 'info	Show what an adapter is, and check that it is whole' 'convert	Convert an adapter to another program\'s format' 'merge	Merge an adapter into its base model' 'unload	Get the base model back out of a merged one' 'combine	Combine several adapters into one, each with its weight' 'diff	Show what differs between two adapters, or two whole models' 'rescale	Change an adapter\'s strength, or compress its rank' 'extract	Make a LoRA of what differs between two whole models' 'add	Make a fresh adapter for a model, as PEFT begins one'
            set opts 
        case 'help peft methods'
            set subs 
            set opts 
        case 'help peft params'
            set subs 
            set opts 
        case 'help peft plan'
            set subs 
            set opts 
        case 'help peft info'
            set subs 
            set opts 
        case 'help peft convert'
            set subs 
            set opts 
        case 'help peft merge'
            set subs 
            set opts 
        case 'help peft unload'
            set subs 
            set opts 
        case 'help peft combine'
            set subs 
            set opts 
        case 'help peft diff'
            set subs 
            set opts 
        case 'help peft rescale'
            set subs 
            set opts 
        case 'help peft extract'
            set subs 
            set opts 
        case 'help peft add'
            set subs 
            set opts 
        case 'help chat'
            set subs 
            set opts 
        case 'help mem'
            set subs 
            set opts 
        case 'help eval'
            set subs 
            set opts 
        case 'help demo'
            set subs 
            set opts 
        case 'help ui'
            set subs 
            set opts 
        case 'help gpu'
            set subs 'procs	List the processes on the GPUs' 'wait	Wait until a GPU is free, and print its index'
            set opts 
        case 'help gpu procs'
            set subs 
            set opts 
        case 'help gpu wait'
            set subs 
            set opts 
        case 'help doctor'
            set subs 
            set opts 
        case 'help config'
            set subs 'ls	List settings, their values and where they come from' 'get	Print one setting\'s value' 'set	Change or clear a setting' 'edit	Open the settings file in an editor' 'path	Print the path of the settings file'
            set opts 
        case 'help config ls'
            set subs 
            set opts 
        case 'help config get'
            set subs 
            set opts 
        case 'help config set'
            set subs 
            set opts 
        case 'help config edit'
            set subs 
            set opts 
        case 'help config path'
            set subs 
            set opts 
        case 'help completion'
            set subs 
            set opts 
        case 'help help'
            set subs 'exit-codes	Topic' 'formats	Topic' 'environment	Topic' 'references	Topic' 'hub	Models and data sets: search, look, get, share' 'data	Rows of any format: look, pick, shape, convert' 'tok	Tokenizers: train, compare; encode, count, chunk, pack' 'train	Fine-tune models, and follow the runs' 'peft	Adapters: methods, counts, a look inside, merge' 'chat	Ask a model, once or in a conversation' 'mem	Predict what a model needs of GPUs to be trained or run' 'eval	Score predictions, or a model on records: accuracy, F1, loss' 'demo	Fine-tune a small model here, from nothing to a right answer' 'ui	Open the dashboard: GPUs, training runs, chat' 'gpu	Show GPUs, or CPU and memory where there are none; wait for one' 'doctor	Check Python, libraries, accelerators, disk, network and terminal' 'config	Settings and where each value comes from' 'completion	Print or install the completion script of a shell' 'help	Explain a topic or a command'
            set opts 
        case 'help exit-codes'
            set subs 
            set opts 
        case 'help formats'
            set subs 
            set opts 
        case 'help environment'
            set subs 
            set opts 
        case 'help references'
            set subs 
            set opts 
    end
end

# What option $argv[2] of command $argv[1] takes: count words of a kind; a flag takes none.
function __hfterm_option --no-scope-shadowing
    set kind ''
    set choices
    set count 0
    switch "$argv[1] $argv[2]"
        case 'hub search -t' 'hub search --type'
            set count 1
            set kind choice
            set choices 'model' 'dataset' 'space'
        case 'hub search --author'
            set count 1
            set kind any
        case 'hub search --filter'
            set count 1
            set kind any
        case 'hub search --task'
            set count 1
            set kind any
        case 'hub search --params'
            set count 1
            set kind any
        case 'hub search --sort'
            set count 1
            set kind choice
            set choices 'trending_score' 'downloads' 'likes' 'last_modified' 'created_at'
        case 'hub search -n' 'hub search --limit'
            set count 1
            set kind any
        case 'hub search -f' 'hub search --format'
            set count 1
            set kind choice
            set choices 'table' 'jsonl' 'json' 'csv' 'tsv' 'yaml' 'quiet'
        case 'hub info -t' 'hub info --type'
            set count 1
            set kind choice
            set choices 'model' 'dataset' 'space'
        case 'hub info -r' 'hub info --revision'
            set count 1
            set kind any
        case 'hub info -f' 'hub info --format'
            set count 1
            set kind choice
            set choices 'table' 'jsonl' 'json' 'csv' 'tsv' 'yaml' 'quiet'
        case 'hub card -t' 'hub card --type'
            set count 1
            set kind choice
            set choices 'model' 'dataset' 'space'
        case 'hub card -r' 'hub card --revision'
            set count 1
            set kind any
        case 'hub card -f' 'hub card --format'
            set count 1
            set kind choice
            set choices 'table' 'jsonl' 'json' 'csv' 'tsv' 'yaml' 'quiet'
        case 'hub ls -t' 'hub ls --type'
            set count 1
            set kind choice
            set choices 'model' 'dataset' 'space'
        case 'hub ls -r' 'hub ls --revision'
            set count 1
            set kind any
        case 'hub ls -f' 'hub ls --format'
            set count 1
            set kind choice
            set choices 'table' 'jsonl' 'json' 'csv' 'tsv' 'yaml' 'quiet'
        case 'hub cat -t' 'hub cat --type'
            set count 1
            set kind choice
            set choices 'model' 'dataset' 'space'
        case 'hub cat -r' 'hub cat --revision'
            set count 1
            set kind any
        case 'hub cat --range'
            set count 1
            set kind any
        case 'hub inspect -t' 'hub inspect --type'
            set count 1
            set kind choice
            set choices 'model' 'dataset' 'space'
        case 'hub inspect -r' 'hub inspect --revision'
            set count 1
            set kind any
        case 'hub inspect --file'
            set count 1
            set kind repofiles
        case 'hub inspect --depth'
            set count 1
            set kind any
        case 'hub inspect --filter'
            set count 1
            set kind any
        case 'hub inspect -f' 'hub inspect --format'
            set count 1
            set kind choice
            set choices 'table' 'jsonl' 'json' 'csv' 'tsv' 'yaml' 'quiet'
        case 'hub get -t' 'hub get --type'
            set count 1
            set kind choice
            set choices 'model' 'dataset' 'space'
        case 'hub get -r' 'hub get --revision'
            set count 1
            set kind any
        case 'hub get --include'
            set count 1
            set kind any
        case 'hub get --exclude'
            set count 1
            set kind any
        case 'hub get --to'
            set count 1
            set kind folders
        case 'hub get --workers'
            set count 1
            set kind any
        case 'hub get --connections'
            set count 1
            set kind any
        case 'hub get --stall-timeout'
            set count 1
            set kind any
        case 'hub get --retries'
            set count 1
            set kind any
        case 'hub get -f' 'hub get --format'
            set count 1
            set kind choice
            set choices 'table' 'jsonl' 'json' 'csv' 'tsv' 'yaml' 'quiet'
        case 'hub get --progress'
            set count 1
            set kind choice
            set choices 'auto' 'bar' 'plain' 'jsonl' 'none'
        case 'hub put -t' 'hub put --type'
            set count 1
            set kind choice
            set choices 'model' 'dataset' 'space'
        case 'hub put -r' 'hub put --revision'
            set count 1
            set kind any
        case 'hub put --to'
            set count 1
            set kind repofiles
        case 'hub put --include'
            set count 1
            set kind any
        case 'hub put --exclude'
            set count 1
            set kind any
        case 'hub put --delete'
            set count 1
            set kind any
        case 'hub put --sdk'
            set count 1
            set kind choice
            set choices 'static' 'gradio' 'docker'
        case 'hub put -j' 'hub put --jobs'
            set count 1
            set kind any
        case 'hub put -m' 'hub put --message'
            set count 1
            set kind any
        case 'hub put --description'
            set count 1
            set kind any
        case 'hub put --parent'
            set count 1
            set kind any
        case 'hub put -f' 'hub put --format'
            set count 1
            set kind choice
            set choices 'table' 'jsonl' 'json' 'csv' 'tsv' 'yaml' 'quiet'
        case 'hub put --progress'
            set count 1
            set kind choice
            set choices 'auto' 'bar' 'plain' 'jsonl' 'none'
        case 'hub rm -t' 'hub rm --type'
            set count 1
            set kind choice
            set choices 'model' 'dataset' 'space'
        case 'hub rm -r' 'hub rm --revision'
            set count 1
            set kind any
        case 'hub rm -m' 'hub rm --message'
            set count 1
            set kind any
        case 'hub rm --description'
            set count 1
            set kind any
        case 'hub rm --parent'
            set count 1
            set kind any
        case 'hub rm -f' 'hub rm --format'
            set count 1
            set kind choice
            set choices 'table' 'jsonl' 'json' 'csv' 'tsv' 'yaml' 'quiet'
        case 'hub create -t' 'hub create --type'
            set count 1
            set kind choice
            set choices 'model' 'dataset' 'space'
        case 'hub create --sdk'
            set count 1
            set kind choice
            set choices 'static' 'gradio' 'docker'
        case 'hub create -f' 'hub create --format'
            set count 1
            set kind choice
            set choices 'table' 'jsonl' 'json' 'csv' 'tsv' 'yaml' 'quiet'
        case 'hub move -t' 'hub move --type'
            set count 1
            set kind choice
            set choices 'model' 'dataset' 'space'
        case 'hub move -f' 'hub move --format'
            set count 1
            set kind choice
            set choices 'table' 'jsonl' 'json' 'csv' 'tsv' 'yaml' 'quiet'
        case 'hub branch -t' 'hub branch --type'
            set count 1
            set kind choice
            set choices 'model' 'dataset' 'space'
        case 'hub branch --from'
            set count 1
            set kind any
        case 'hub branch -f' 'hub branch --format'
            set count 1
            set kind choice
            set choices 'table' 'jsonl' 'json' 'csv' 'tsv' 'yaml' 'quiet'
        case 'hub tag -t' 'hub tag --type'
            set count 1
            set kind choice
            set choices 'model' 'dataset' 'space'
        case 'hub tag --from'
            set count 1
            set kind any
        case 'hub tag -m' 'hub tag --message'
            set count 1
            set kind any
        case 'hub tag -f' 'hub tag --format'
            set count 1
            set kind choice
            set choices 'table' 'jsonl' 'json' 'csv' 'tsv' 'yaml' 'quiet'
        case 'hub diff -t' 'hub diff --type'
            set count 1
            set kind choice
            set choices 'model' 'dataset' 'space'
        case 'hub diff --include'
            set count 1
            set kind any
        case 'hub diff --exclude'
            set count 1
            set kind any
        case 'hub diff -f' 'hub diff --format'
            set count 1
            set kind choice
            set choices 'table' 'jsonl' 'json' 'csv' 'tsv' 'yaml' 'quiet'
        case 'hub diff --progress'
            set count 1
            set kind choice
            set choices 'auto' 'bar' 'plain' 'jsonl' 'none'
        case 'hub cache ls -t' 'hub cache ls --type'
            set count 1
            set kind choice
            set choices 'model' 'dataset' 'space' 'kernel'
        case 'hub cache ls --sort'
            set count 1
            set kind choice
            set choices 'name' 'size' 'used' 'modified' 'files' 'incomplete'
        case 'hub cache ls -n' 'hub cache ls --limit'
            set count 1
            set kind any
        case 'hub cache ls -f' 'hub cache ls --format'
            set count 1
            set kind choice
            set choices 'table' 'jsonl' 'json' 'csv' 'tsv' 'yaml' 'quiet'
        case 'hub cache du --older'
            set count 1
            set kind any
        case 'hub cache du -f' 'hub cache du --format'
            set count 1
            set kind choice
            set choices 'table' 'jsonl' 'json' 'csv' 'tsv' 'yaml' 'quiet'
        case 'hub cache rm -t' 'hub cache rm --type'
            set count 1
            set kind choice
            set choices 'model' 'dataset' 'space' 'kernel'
        case 'hub cache rm -f' 'hub cache rm --format'
            set count 1
            set kind choice
            set choices 'table' 'jsonl' 'json' 'csv' 'tsv' 'yaml' 'quiet'
        case 'hub cache prune --older'
            set count 1
            set kind any
        case 'hub cache prune -f' 'hub cache prune --format'
            set count 1
            set kind choice
            set choices 'table' 'jsonl' 'json' 'csv' 'tsv' 'yaml' 'quiet'
        case 'hub cache verify -t' 'hub cache verify --type'
            set count 1
            set kind choice
            set choices 'model' 'dataset' 'space' 'kernel'
        case 'hub cache verify -f' 'hub cache verify --format'
            set count 1
            set kind choice
            set choices 'table' 'jsonl' 'json' 'csv' 'tsv' 'yaml' 'quiet'
        case 'hub cache verify --progress'
            set count 1
            set kind choice
            set choices 'auto' 'bar' 'plain' 'jsonl' 'none'
        case 'hub cache import --as'
            set count 1
            set kind repos
        case 'hub cache import -t' 'hub cache import --type'
            set count 1
            set kind choice
            set choices 'model' 'dataset' 'space'
        case 'hub cache import -r' 'hub cache import --revision'
            set count 1
            set kind any
        case 'hub cache import -f' 'hub cache import --format'
            set count 1
            set kind choice
            set choices 'table' 'jsonl' 'json' 'csv' 'tsv' 'yaml' 'quiet'
        case 'hub cache import --progress'
            set count 1
            set kind choice
            set choices 'auto' 'bar' 'plain' 'jsonl' 'none'
        case 'hub login --name'
            set count 1
            set kind any
        case 'hub login -f' 'hub login --format'
            set count 1
            set kind choice
            set choices 'table' 'jsonl' 'json' 'csv' 'tsv' 'yaml' 'quiet'
        case 'hub logout -f' 'hub logout --format'
            set count 1
            set kind choice
            set choices 'table' 'jsonl' 'json' 'csv' 'tsv' 'yaml' 'quiet'
        case 'hub whoami -f' 'hub whoami --format'
            set count 1
            set kind choice
            set choices 'table' 'jsonl' 'json' 'csv' 'tsv' 'yaml' 'quiet'
        case 'hub token -f' 'hub token --format'
            set count 1
            set kind choice
            set choices 'table' 'jsonl' 'json' 'csv' 'tsv' 'yaml' 'quiet'
        case 'hub share --dir'
            set count 1
            set kind folders
        case 'hub share --host'
            set count 1
            set kind any
        case 'hub share --port'
            set count 1
            set kind any
        case 'hub share --token-file'
            set count 1
            set kind files
        case 'hub share -f' 'hub share --format'
            set count 1
            set kind choice
            set choices 'table' 'jsonl' 'json' 'csv' 'tsv' 'yaml' 'quiet'
        case 'data head --input-format'
            set count 1
            set kind choice
            set choices 'jsonl' 'json' 'csv' 'tsv' 'text' 'parquet' 'arrow' 'images' 'audio' 'webdataset'
        case 'data head --config'
            set count 1
            set kind any
        case 'data head --split'
            set count 1
            set kind any
        case 'data head --bad'
            set count 1
            set kind files
        case 'data head -o' 'data head --output'
            set count 1
            set kind files
        case 'data head -n' 'data head --count'
            set count 1
            set kind any
        case 'data head -f' 'data head --format'
            set count 1
            set kind choice
            set choices 'table' 'jsonl' 'json' 'csv' 'tsv' 'yaml' 'quiet'
        case 'data tail --input-format'
            set count 1
            set kind choice
            set choices 'jsonl' 'json' 'csv' 'tsv' 'text' 'parquet' 'arrow' 'images' 'audio' 'webdataset'
        case 'data tail --config'
            set count 1
            set kind any
        case 'data tail --split'
            set count 1
            set kind any
        case 'data tail --bad'
            set count 1
            set kind files
        case 'data tail -o' 'data tail --output'
            set count 1
            set kind files
        case 'data tail -n' 'data tail --count'
            set count 1
            set kind any
        case 'data tail -f' 'data tail --format'
            set count 1
            set kind choice
            set choices 'table' 'jsonl' 'json' 'csv' 'tsv' 'yaml' 'quiet'
        case 'data sample --input-format'
            set count 1
            set kind choice
            set choices 'jsonl' 'json' 'csv' 'tsv' 'text' 'parquet' 'arrow' 'images' 'audio' 'webdataset'
        case 'data sample --config'
            set count 1
            set kind any
        case 'data sample --split'
            set count 1
            set kind any
        case 'data sample --bad'
            set count 1
            set kind files
        case 'data sample -o' 'data sample --output'
            set count 1
            set kind files
        case 'data sample -n' 'data sample --count'
            set count 1
            set kind any
        case 'data sample --seed'
            set count 1
            set kind any
        case 'data sample -f' 'data sample --format'
            set count 1
            set kind choice
            set choices 'table' 'jsonl' 'json' 'csv' 'tsv' 'yaml' 'quiet'
        case 'data cat --input-format'
            set count 1
            set kind choice
            set choices 'jsonl' 'json' 'csv' 'tsv' 'text' 'parquet' 'arrow' 'images' 'audio' 'webdataset'
        case 'data cat --config'
            set count 1
            set kind any
        case 'data cat --split'
            set count 1
            set kind any
        case 'data cat --bad'
            set count 1
            set kind files
        case 'data cat -o' 'data cat --output'
            set count 1
            set kind files
        case 'data cat -f' 'data cat --format'
            set count 1
            set kind choice
            set choices 'table' 'jsonl' 'json' 'csv' 'tsv' 'yaml' 'quiet'
        case 'data schema --input-format'
            set count 1
            set kind choice
            set choices 'jsonl' 'json' 'csv' 'tsv' 'text' 'parquet' 'arrow' 'images' 'audio' 'webdataset'
        case 'data schema --config'
            set count 1
            set kind any
        case 'data schema --split'
            set count 1
            set kind any
        case 'data schema --bad'
            set count 1
            set kind files
        case 'data schema -f' 'data schema --format'
            set count 1
            set kind choice
            set choices 'table' 'jsonl' 'json' 'csv' 'tsv' 'yaml' 'quiet'
        case 'data count --input-format'
            set count 1
            set kind choice
            set choices 'jsonl' 'json' 'csv' 'tsv' 'text' 'parquet' 'arrow' 'images' 'audio' 'webdataset'
        case 'data count --config'
            set count 1
            set kind any
        case 'data count --split'
            set count 1
            set kind any
        case 'data count --bad'
            set count 1
            set kind files
        case 'data count -f' 'data count --format'
            set count 1
            set kind choice
            set choices 'table' 'jsonl' 'json' 'csv' 'tsv' 'yaml' 'quiet'
        case 'data info --input-format'
            set count 1
            set kind choice
            set choices 'jsonl' 'json' 'csv' 'tsv' 'text' 'parquet' 'arrow' 'images' 'audio' 'webdataset'
        case 'data info --config'
            set count 1
            set kind any
        case 'data info --split'
            set count 1
            set kind any
        case 'data info --bad'
            set count 1
            set kind files
        case 'data info -f' 'data info --format'
            set count 1
            set kind choice
            set choices 'table' 'jsonl' 'json' 'csv' 'tsv' 'yaml' 'quiet'
        case 'data stats --input-format'
            set count 1
            set kind choice
            set choices 'jsonl' 'json' 'csv' 'tsv' 'text' 'parquet' 'arrow' 'images' 'audio' 'webdataset'
        case 'data stats --config'
            set count 1
            set kind any
        case 'data stats --split'
            set count 1
            set kind any
        case 'data stats --bad'
            set count 1
            set kind files
        case 'data stats --columns'
            set count 1
            set kind any
        case 'data stats --quantiles'
            set count 1
            set kind any
        case 'data stats --tok'
            set count 1
            set kind models
        case 'data stats -f' 'data stats --format'
            set count 1
            set kind choice
            set choices 'table' 'jsonl' 'json' 'csv' 'tsv' 'yaml' 'quiet'
        case 'data validate --input-format'
            set count 1
            set kind choice
            set choices 'jsonl' 'json' 'csv' 'tsv' 'text' 'parquet' 'arrow' 'images' 'audio' 'webdataset'
        case 'data validate --config'
            set count 1
            set kind any
        case 'data validate --split'
            set count 1
            set kind any
        case 'data validate --bad'
            set count 1
            set kind files
        case 'data validate --for'
            set count 1
            set kind choice
            set choices 'sft' 'dpo' 'reward' 'kto' 'grpo' 'rloo' 'distill' 'clm' 'mlm' 'seq2seq' 'classify' 'tag'
        case 'data validate --max-errors'
            set count 1
            set kind any
        case 'data validate -f' 'data validate --format'
            set count 1
            set kind choice
            set choices 'table' 'jsonl' 'json' 'csv' 'tsv' 'yaml' 'quiet'
        case 'data filter --input-format'
            set count 1
            set kind choice
            set choices 'jsonl' 'json' 'csv' 'tsv' 'text' 'parquet' 'arrow' 'images' 'audio' 'webdataset'
        case 'data filter --config'
            set count 1
            set kind any
        case 'data filter --split'
            set count 1
            set kind any
        case 'data filter --bad'
            set count 1
            set kind files
        case 'data filter -o' 'data filter --output'
            set count 1
            set kind files
        case 'data filter --py'
            set count 1
            set kind any
        case 'data filter --batch-size'
            set count 1
            set kind any
        case 'data filter --num-proc'
            set count 1
            set kind any
        case 'data filter --engine'
            set count 1
            set kind choice
            set choices 'local' 'ray'
        case 'data filter --ray-address'
            set count 1
            set kind any
        case 'data filter -f' 'data filter --format'
            set count 1
            set kind choice
            set choices 'table' 'jsonl' 'json' 'csv' 'tsv' 'yaml' 'quiet'
        case 'data select --input-format'
            set count 1
            set kind choice
            set choices 'jsonl' 'json' 'csv' 'tsv' 'text' 'parquet' 'arrow' 'images' 'audio' 'webdataset'
        case 'data select --config'
            set count 1
            set kind any
        case 'data select --split'
            set count 1
            set kind any
        case 'data select --bad'
            set count 1
            set kind files
        case 'data select -o' 'data select --output'
            set count 1
            set kind files
        case 'data select -f' 'data select --format'
            set count 1
            set kind choice
            set choices 'table' 'jsonl' 'json' 'csv' 'tsv' 'yaml' 'quiet'
        case 'data map --input-format'
            set count 1
            set kind choice
            set choices 'jsonl' 'json' 'csv' 'tsv' 'text' 'parquet' 'arrow' 'images' 'audio' 'webdataset'
        case 'data map --config'
            set count 1
            set kind any
        case 'data map --split'
            set count 1
            set kind any
        case 'data map --bad'
            set count 1
            set kind files
        case 'data map -o' 'data map --output'
            set count 1
            set kind files
        case 'data map --py'
            set count 1
            set kind any
        case 'data map --batch-size'
            set count 1
            set kind any
        case 'data map --num-proc'
            set count 1
            set kind any
        case 'data map --engine'
            set count 1
            set kind choice
            set choices 'local' 'ray'
        case 'data map --ray-address'
            set count 1
            set kind any
        case 'data map -f' 'data map --format'
            set count 1
            set kind choice
            set choices 'table' 'jsonl' 'json' 'csv' 'tsv' 'yaml' 'quiet'
        case 'data sql --input-format'
            set count 1
            set kind choice
            set choices 'jsonl' 'json' 'csv' 'tsv' 'text' 'parquet' 'arrow' 'images' 'audio' 'webdataset'
        case 'data sql --config'
            set count 1
            set kind any
        case 'data sql --split'
            set count 1
            set kind any
        case 'data sql --bad'
            set count 1
            set kind files
        case 'data sql -o' 'data sql --output'
            set count 1
            set kind files
        case 'data sql -f' 'data sql --format'
            set count 1
            set kind choice
            set choices 'table' 'jsonl' 'json' 'csv' 'tsv' 'yaml' 'quiet'
        case 'data sort --input-format'
            set count 1
            set kind choice
            set choices 'jsonl' 'json' 'csv' 'tsv' 'text' 'parquet' 'arrow' 'images' 'audio' 'webdataset'
        case 'data sort --config'
            set count 1
            set kind any
        case 'data sort --split'
            set count 1
            set kind any
        case 'data sort --bad'
            set count 1
            set kind files
        case 'data sort -o' 'data sort --output'
            set count 1
            set kind files
        case 'data sort -f' 'data sort --format'
            set count 1
            set kind choice
            set choices 'table' 'jsonl' 'json' 'csv' 'tsv' 'yaml' 'quiet'
        case 'data shuffle --input-format'
            set count 1
            set kind choice
            set choices 'jsonl' 'json' 'csv' 'tsv' 'text' 'parquet' 'arrow' 'images' 'audio' 'webdataset'
        case 'data shuffle --config'
            set count 1
            set kind any
        case 'data shuffle --split'
            set count 1
            set kind any
        case 'data shuffle --bad'
            set count 1
            set kind files
        case 'data shuffle -o' 'data shuffle --output'
            set count 1
            set kind files
        case 'data shuffle --seed'
            set count 1
            set kind any
        case 'data shuffle -f' 'data shuffle --format'
            set count 1
            set kind choice
            set choices 'table' 'jsonl' 'json' 'csv' 'tsv' 'yaml' 'quiet'
        case 'data split --input-format'
            set count 1
            set kind choice
            set choices 'jsonl' 'json' 'csv' 'tsv' 'text' 'parquet' 'arrow' 'images' 'audio' 'webdataset'
        case 'data split --config'
            set count 1
            set kind any
        case 'data split --split'
            set count 1
            set kind any
        case 'data split --bad'
            set count 1
            set kind files
        case 'data split -o' 'data split --output'
            set count 1
            set kind folders
        case 'data split --test'
            set count 1
            set kind any
        case 'data split --validation'
            set count 1
            set kind any
        case 'data split --stratify'
            set count 1
            set kind any
        case 'data split --group-by'
            set count 1
            set kind any
        case 'data split --as'
            set count 1
            set kind choice
            set choices 'jsonl' 'json' 'csv' 'tsv' 'parquet' 'arrow'
        case 'data split --seed'
            set count 1
            set kind any
        case 'data split -f' 'data split --format'
            set count 1
            set kind choice
            set choices 'table' 'jsonl' 'json' 'csv' 'tsv' 'yaml' 'quiet'
        case 'data concat --input-format'
            set count 1
            set kind choice
            set choices 'jsonl' 'json' 'csv' 'tsv' 'text' 'parquet' 'arrow' 'images' 'audio' 'webdataset'
        case 'data concat --config'
            set count 1
            set kind any
        case 'data concat --split'
            set count 1
            set kind any
        case 'data concat --bad'
            set count 1
            set kind files
        case 'data concat -o' 'data concat --output'
            set count 1
            set kind files
        case 'data concat -f' 'data concat --format'
            set count 1
            set kind choice
            set choices 'table' 'jsonl' 'json' 'csv' 'tsv' 'yaml' 'quiet'
        case 'data mix --input-format'
            set count 1
            set kind choice
            set choices 'jsonl' 'json' 'csv' 'tsv' 'text' 'parquet' 'arrow' 'images' 'audio' 'webdataset'
        case 'data mix --config'
            set count 1
            set kind any
        case 'data mix --split'
            set count 1
            set kind any
        case 'data mix --bad'
            set count 1
            set kind files
        case 'data mix -o' 'data mix --output'
            set count 1
            set kind files
        case 'data mix --weights'
            set count 1
            set kind any
        case 'data mix --stop'
            set count 1
            set kind choice
            set choices 'first' 'all' 'repeat'
        case 'data mix --seed'
            set count 1
            set kind any
        case 'data mix -f' 'data mix --format'
            set count 1
            set kind choice
            set choices 'table' 'jsonl' 'json' 'csv' 'tsv' 'yaml' 'quiet'
        case 'data dedup --input-format'
            set count 1
            set kind choice
            set choices 'jsonl' 'json' 'csv' 'tsv' 'text' 'parquet' 'arrow' 'images' 'audio' 'webdataset'
        case 'data dedup --config'
            set count 1
            set kind any
        case 'data dedup --split'
            set count 1
            set kind any
        case 'data dedup --bad'
            set count 1
            set kind files
        case 'data dedup -o' 'data dedup --output'
            set count 1
            set kind files
        case 'data dedup --by'
            set count 1
            set kind any
        case 'data dedup --near'
            set count 1
            set kind any
        case 'data dedup --shingle'
            set count 1
            set kind any
        case 'data dedup --engine'
            set count 1
            set kind choice
            set choices 'local' 'ray'
        case 'data dedup --ray-address'
            set count 1
            set kind any
        case 'data dedup -f' 'data dedup --format'
            set count 1
            set kind choice
            set choices 'table' 'jsonl' 'json' 'csv' 'tsv' 'yaml' 'quiet'
        case 'data format --input-format'
            set count 1
            set kind choice
            set choices 'jsonl' 'json' 'csv' 'tsv' 'text' 'parquet' 'arrow' 'images' 'audio' 'webdataset'
        case 'data format --config'
            set count 1
            set kind any
        case 'data format --split'
            set count 1
            set kind any
        case 'data format --bad'
            set count 1
            set kind files
        case 'data format -o' 'data format --output'
            set count 1
            set kind files
        case 'data format --to'
            set count 1
            set kind choice
            set choices 'chat' 'prompt-completion' 'preference' 'text'
        case 'data format --tok'
            set count 1
            set kind models
        case 'data format -f' 'data format --format'
            set count 1
            set kind choice
            set choices 'table' 'jsonl' 'json' 'csv' 'tsv' 'yaml' 'quiet'
        case 'data convert --input-format'
            set count 1
            set kind choice
            set choices 'jsonl' 'json' 'csv' 'tsv' 'text' 'parquet' 'arrow' 'images' 'audio' 'webdataset'
        case 'data convert --config'
            set count 1
            set kind any
        case 'data convert --split'
            set count 1
            set kind any
        case 'data convert --bad'
            set count 1
            set kind files
        case 'data convert -o' 'data convert --output'
            set count 1
            set kind files
        case 'data convert --to'
            set count 1
            set kind choice
            set choices 'jsonl' 'json' 'csv' 'tsv' 'txt' 'parquet' 'arrow' 'dataset'
        case 'data convert --shards'
            set count 1
            set kind any
        case 'data convert --max-shard-size'
            set count 1
            set kind any
        case 'data convert --compression'
            set count 1
            set kind choice
            set choices 'zstd' 'snappy' 'gzip' 'lz4' 'brotli' 'none'
        case 'data convert --row-group-size'
            set count 1
            set kind any
        case 'data convert --engine'
            set count 1
            set kind choice
            set choices 'local' 'ray'
        case 'data convert --ray-address'
            set count 1
            set kind any
        case 'data convert -f' 'data convert --format'
            set count 1
            set kind choice
            set choices 'table' 'jsonl' 'json' 'csv' 'tsv' 'yaml' 'quiet'
        case 'data view --input-format'
            set count 1
            set kind choice
            set choices 'jsonl' 'json' 'csv' 'tsv' 'text' 'parquet' 'arrow' 'images' 'audio' 'webdataset'
        case 'data view --config'
            set count 1
            set kind any
        case 'data view --split'
            set count 1
            set kind any
        case 'data view --theme'
            set count 1
            set kind choice
            set choices 'auto' 'dark' 'light' 'colorblind' 'colorblind-light' 'ansi-dark' 'ansi-light'
        case 'data get --config'
            set count 1
            set kind any
        case 'data get --split'
            set count 1
            set kind any
        case 'data get -o' 'data get --output'
            set count 1
            set kind files
        case 'data get -f' 'data get --format'
            set count 1
            set kind choice
            set choices 'table' 'jsonl' 'json' 'csv' 'tsv' 'yaml' 'quiet'
        case 'data get --progress'
            set count 1
            set kind choice
            set choices 'auto' 'bar' 'plain' 'jsonl' 'none'
        case 'data put --split'
            set count 1
            set kind any
        case 'data put --config'
            set count 1
            set kind any
        case 'data put --max-shard-size'
            set count 1
            set kind any
        case 'data put -m' 'data put --message'
            set count 1
            set kind any
        case 'data put --input-format'
            set count 1
            set kind choice
            set choices 'jsonl' 'json' 'csv' 'tsv' 'text' 'parquet' 'arrow' 'images' 'audio' 'webdataset'
        case 'data put --bad'
            set count 1
            set kind files
        case 'data put -f' 'data put --format'
            set count 1
            set kind choice
            set choices 'table' 'jsonl' 'json' 'csv' 'tsv' 'yaml' 'quiet'
        case 'data put --progress'
            set count 1
            set kind choice
            set choices 'auto' 'bar' 'plain' 'jsonl' 'none'
        case 'tok train -o' 'tok train --output'
            set count 1
            set kind folders
        case 'tok train --vocab-size'
            set count 1
            set kind any
        case 'tok train --special'
            set count 1
            set kind any
        case 'tok train --min-frequency'
            set count 1
            set kind any
        case 'tok train --limit-alphabet'
            set count 1
            set kind any
        case 'tok train --column'
            set count 1
            set kind any
        case 'tok train --input-format'
            set count 1
            set kind choice
            set choices 'jsonl' 'json' 'csv' 'tsv' 'text' 'parquet' 'arrow'
        case 'tok train --config'
            set count 1
            set kind any
        case 'tok train --split'
            set count 1
            set kind any
        case 'tok train -f' 'tok train --format'
            set count 1
            set kind choice
            set choices 'table' 'jsonl' 'json' 'csv' 'tsv' 'yaml' 'quiet'
        case 'tok train --progress'
            set count 1
            set kind choice
            set choices 'auto' 'bar' 'plain' 'jsonl' 'none'
        case 'tok encode -m' 'tok encode --model'
            set count 1
            set kind models
        case 'tok encode --column'
            set count 1
            set kind any
        case 'tok encode --max-length'
            set count 1
            set kind any
        case 'tok encode --engine'
            set count 1
            set kind choice
            set choices 'auto' 'tokenizers' 'fastokens'
        case 'tok encode --input-format'
            set count 1
            set kind choice
            set choices 'jsonl' 'json' 'csv' 'tsv' 'text' 'parquet' 'arrow'
        case 'tok encode --config'
            set count 1
            set kind any
        case 'tok encode --split'
            set count 1
            set kind any
        case 'tok encode -f' 'tok encode --format'
            set count 1
            set kind choice
            set choices 'table' 'jsonl' 'json' 'csv' 'tsv' 'yaml' 'quiet'
        case 'tok decode -m' 'tok decode --model'
            set count 1
            set kind models
        case 'tok decode --column'
            set count 1
            set kind any
        case 'tok decode --input-format'
            set count 1
            set kind choice
            set choices 'jsonl' 'json' 'csv' 'tsv' 'text' 'parquet' 'arrow'
        case 'tok decode --config'
            set count 1
            set kind any
        case 'tok decode --split'
            set count 1
            set kind any
        case 'tok decode -f' 'tok decode --format'
            set count 1
            set kind choice
            set choices 'table' 'jsonl' 'json' 'csv' 'tsv' 'yaml' 'quiet'
        case 'tok count -m' 'tok count --model'
            set count 1
            set kind models
        case 'tok count --column'
            set count 1
            set kind any
        case 'tok count --engine'
            set count 1
            set kind choice
            set choices 'auto' 'tokenizers' 'fastokens'
        case 'tok count --input-format'
            set count 1
            set kind choice
            set choices 'jsonl' 'json' 'csv' 'tsv' 'text' 'parquet' 'arrow'
        case 'tok count --config'
            set count 1
            set kind any
        case 'tok count --split'
            set count 1
            set kind any
        case 'tok count -f' 'tok count --format'
            set count 1
            set kind choice
            set choices 'table' 'jsonl' 'json' 'csv' 'tsv' 'yaml' 'quiet'
        case 'tok chunk -m' 'tok chunk --model'
            set count 1
            set kind models
        case 'tok chunk --size'
            set count 1
            set kind any
        case 'tok chunk --overlap'
            set count 1
            set kind any
        case 'tok chunk --by'
            set count 1
            set kind choice
            set choices 'tokens' 'sentence'
        case 'tok chunk --splitter'
            set count 1
            set kind choice
            set choices 'rules' 'nltk' 'learn'
        case 'tok chunk --language'
            set count 1
            set kind any
        case 'tok chunk --column'
            set count 1
            set kind any
        case 'tok chunk --input-format'
            set count 1
            set kind choice
            set choices 'jsonl' 'json' 'csv' 'tsv' 'text' 'parquet' 'arrow'
        case 'tok chunk --config'
            set count 1
            set kind any
        case 'tok chunk --split'
            set count 1
            set kind any
        case 'tok chunk -f' 'tok chunk --format'
            set count 1
            set kind choice
            set choices 'table' 'jsonl' 'json' 'csv' 'tsv' 'yaml' 'quiet'
        case 'tok pack -m' 'tok pack --model'
            set count 1
            set kind models
        case 'tok pack -o' 'tok pack --output'
            set count 1
            set kind folders
        case 'tok pack --length'
            set count 1
            set kind any
        case 'tok pack --file-type'
            set count 1
            set kind choice
            set choices 'npy' 'bin' 'parquet'
        case 'tok pack --end'
            set count 1
            set kind any
        case 'tok pack --tail'
            set count 1
            set kind choice
            set choices 'drop' 'pad'
        case 'tok pack --shard-tokens'
            set count 1
            set kind any
        case 'tok pack --column'
            set count 1
            set kind any
        case 'tok pack --engine'
            set count 1
            set kind choice
            set choices 'auto' 'tokenizers' 'fastokens'
        case 'tok pack --input-format'
            set count 1
            set kind choice
            set choices 'jsonl' 'json' 'csv' 'tsv' 'text' 'parquet' 'arrow'
        case 'tok pack --config'
            set count 1
            set kind any
        case 'tok pack --split'
            set count 1
            set kind any
        case 'tok pack -f' 'tok pack --format'
            set count 1
            set kind choice
            set choices 'table' 'jsonl' 'json' 'csv' 'tsv' 'yaml' 'quiet'
        case 'tok pack --progress'
            set count 1
            set kind choice
            set choices 'auto' 'bar' 'plain' 'jsonl' 'none'
        case 'tok chat -m' 'tok chat --model'
            set count 1
            set kind models
        case 'tok chat --column'
            set count 1
            set kind any
        case 'tok chat --engine'
            set count 1
            set kind choice
            set choices 'auto' 'tokenizers' 'fastokens'
        case 'tok chat --input-format'
            set count 1
            set kind choice
            set choices 'jsonl' 'json' 'csv' 'tsv' 'text' 'parquet' 'arrow'
        case 'tok chat --config'
            set count 1
            set kind any
        case 'tok chat --split'
            set count 1
            set kind any
        case 'tok chat -f' 'tok chat --format'
            set count 1
            set kind choice
            set choices 'table' 'jsonl' 'json' 'csv' 'tsv' 'yaml' 'quiet'
        case 'tok add -o' 'tok add --output'
            set count 1
            set kind folders
        case 'tok add --special'
            set count 1
            set kind any
        case 'tok add -f' 'tok add --format'
            set count 1
            set kind choice
            set choices 'table' 'jsonl' 'json' 'csv' 'tsv' 'yaml' 'quiet'
        case 'tok info -f' 'tok info --format'
            set count 1
            set kind choice
            set choices 'table' 'jsonl' 'json' 'csv' 'tsv' 'yaml' 'quiet'
        case 'tok vocab --grep'
            set count 1
            set kind any
        case 'tok vocab -f' 'tok vocab --format'
            set count 1
            set kind choice
            set choices 'table' 'jsonl' 'json' 'csv' 'tsv' 'yaml' 'quiet'
        case 'tok diff --sample'
            set count 1
            set kind files
        case 'tok diff --column'
            set count 1
            set kind any
        case 'tok diff --limit'
            set count 1
            set kind any
        case 'tok diff -f' 'tok diff --format'
            set count 1
            set kind choice
            set choices 'table' 'jsonl' 'json' 'csv' 'tsv' 'yaml' 'quiet'
        case 'tok bench -m' 'tok bench --model'
            set count 1
            set kind models
        case 'tok bench --column'
            set count 1
            set kind any
        case 'tok bench --megabytes'
            set count 1
            set kind any
        case 'tok bench --rounds'
            set count 1
            set kind any
        case 'tok bench --input-format'
            set count 1
            set kind choice
            set choices 'jsonl' 'json' 'csv' 'tsv' 'text' 'parquet' 'arrow'
        case 'tok bench --config'
            set count 1
            set kind any
        case 'tok bench --split'
            set count 1
            set kind any
        case 'tok bench -f' 'tok bench --format'
            set count 1
            set kind choice
            set choices 'table' 'jsonl' 'json' 'csv' 'tsv' 'yaml' 'quiet'
        case 'tok bench --progress'
            set count 1
            set kind choice
            set choices 'auto' 'bar' 'plain' 'jsonl' 'none'
        case 'tok convert -o' 'tok convert --output'
            set count 1
            set kind folders
        case 'tok convert --pattern'
            set count 1
            set kind any
        case 'tok convert --special'
            set count 1
            set kind any
        case 'tok convert --sample'
            set count 1
            set kind files
        case 'tok convert --column'
            set count 1
            set kind any
        case 'tok convert --allow-differences'
            set count 1
            set kind any
        case 'tok convert -f' 'tok convert --format'
            set count 1
            set kind choice
            set choices 'table' 'jsonl' 'json' 'csv' 'tsv' 'yaml' 'quiet'
        case 'train sft --name'
            set count 1
            set kind runs
        case 'train sft --chat-template'
            set count 1
            set kind any
        case 'train sft --max-length'
            set count 1
            set kind any
        case 'train sft --config'
            set count 1
            set kind any
        case 'train sft --split'
            set count 1
            set kind any
        case 'train sft --eval-data'
            set count 1
            set kind files
        case 'train sft --eval-split'
            set count 1
            set kind any
        case 'train sft --column'
            set count 1
            set kind any
        case 'train sft --max-samples'
            set count 1
            set kind any
        case 'train sft --peft'
            set count 1
            set kind choice
            set choices 'none' 'adalora' 'adamss' 'adaption_prompt' 'beft' 'boft' 'c3a' 'cartridge' 'cpt' 'deft' 'delora' 'dora' 'eva' 'fourierft' 'frod' 'glora' 'gralora' 'hira' 'hra' 'ia3' 'lily' 'ln_tuning' 'loftq' 'loha' 'lokr' 'lora' 'miss' 'multitask_prompt_tuning' 'oft' 'olora' 'osf' 'p_tuning' 'peanut' 'pissa' 'poly' 'prefix_tuning' 'prompt_tuning' 'psoft' 'pvera' 'randlora' 'road' 'rslora' 'shadow' 'shira' 'supertuning' 'tinylora' 'trainable_tokens' 'unilora' 'vblora' 'vera' 'waveft' 'xlora'
        case 'train sft --peft-set'
            set count 1
            set kind peftkeys
        case 'train sft --load-in'
            set count 1
            set kind choice
            set choices '4bit' '8bit'
        case 'train sft --learning-rate'
            set count 1
            set kind any
        case 'train sft --num-train-epochs'
            set count 1
            set kind any
        case 'train sft --max-steps'
            set count 1
            set kind any
        case 'train sft --per-device-train-batch-size'
            set count 1
            set kind any
        case 'train sft --gradient-accumulation-steps'
            set count 1
            set kind any
        case 'train sft --warmup-steps'
            set count 1
            set kind any
        case 'train sft --lr-scheduler-type'
            set count 1
            set kind choice
            set choices 'linear' 'cosine' 'cosine_with_restarts' 'polynomial' 'constant' 'constant_with_warmup' 'inverse_sqrt' 'reduce_lr_on_plateau' 'cosine_with_min_lr' 'cosine_warmup_with_min_lr' 'warmup_stable_decay' 'greedy'
        case 'train sft --weight-decay'
            set count 1
            set kind any
        case 'train sft --save-steps'
            set count 1
            set kind any
        case 'train sft --keep'
            set count 1
            set kind any
        case 'train sft --logging-steps'
            set count 1
            set kind any
        case 'train sft --eval-steps'
            set count 1
            set kind any
        case 'train sft --seed'
            set count 1
            set kind any
        case 'train sft --device'
            set count 1
            set kind choice
            set choices 'auto' 'cpu' 'cuda' 'mps'
        case 'train sft --launch'
            set count 1
            set kind any
        case 'train sft --gpus'
            set count 1
            set kind any
        case 'train sft --nproc'
            set count 1
            set kind any
        case 'train sft --nodes'
            set count 1
            set kind files
        case 'train sft --zero'
            set count 1
            set kind any
        case 'train sft --offload'
            set count 1
            set kind any
        case 'train sft --max-restarts'
            set count 1
            set kind any
        case 'train sft --dtype'
            set count 1
            set kind choice
            set choices 'float32' 'bfloat16' 'float16'
        case 'train sft --report-to'
            set count 1
            set kind any
        case 'train sft --hub-strategy'
            set count 1
            set kind choice
            set choices 'end' 'every_save' 'checkpoint' 'all_checkpoints'
        case 'train sft --set'
            set count 1
            set kind fieldkeys
        case 'train sft --after'
            set count 1
            set kind runs
        case 'train sft --after-any'
            set count 1
            set kind runs
        case 'train sft --when-free'
            set count 1
            set kind any
        case 'train sft --retries'
            set count 1
            set kind any
        case 'train sft --notify'
            set count 1
            set kind commands
        case 'train sft --push'
            set count 1
            set kind repos
        case 'train sft -f' 'train sft --format'
            set count 1
            set kind choice
            set choices 'table' 'jsonl' 'json' 'csv' 'tsv' 'yaml' 'quiet'
        case 'train sft --progress'
            set count 1
            set kind choice
            set choices 'auto' 'bar' 'plain' 'jsonl' 'none'
        case 'train dpo --name'
            set count 1
            set kind runs
        case 'train dpo --chat-template'
            set count 1
            set kind any
        case 'train dpo --max-length'
            set count 1
            set kind any
        case 'train dpo --beta'
            set count 1
            set kind any
        case 'train dpo --loss-type'
            set count 1
            set kind any
        case 'train dpo --config'
            set count 1
            set kind any
        case 'train dpo --split'
            set count 1
            set kind any
        case 'train dpo --eval-data'
            set count 1
            set kind files
        case 'train dpo --eval-split'
            set count 1
            set kind any
        case 'train dpo --column'
            set count 1
            set kind any
        case 'train dpo --max-samples'
            set count 1
            set kind any
        case 'train dpo --peft'
            set count 1
            set kind choice
            set choices 'none' 'adalora' 'adamss' 'adaption_prompt' 'beft' 'boft' 'c3a' 'cartridge' 'cpt' 'deft' 'delora' 'dora' 'eva' 'fourierft' 'frod' 'glora' 'gralora' 'hira' 'hra' 'ia3' 'lily' 'ln_tuning' 'loftq' 'loha' 'lokr' 'lora' 'miss' 'multitask_prompt_tuning' 'oft' 'olora' 'osf' 'p_tuning' 'peanut' 'pissa' 'poly' 'prefix_tuning' 'prompt_tuning' 'psoft' 'pvera' 'randlora' 'road' 'rslora' 'shadow' 'shira' 'supertuning' 'tinylora' 'trainable_tokens' 'unilora' 'vblora' 'vera' 'waveft' 'xlora'
        case 'train dpo --peft-set'
            set count 1
            set kind peftkeys
        case 'train dpo --load-in'
            set count 1
            set kind choice
            set choices '4bit' '8bit'
        case 'train dpo --learning-rate'
            set count 1
            set kind any
        case 'train dpo --num-train-epochs'
            set count 1
            set kind any
        case 'train dpo --max-steps'
            set count 1
            set kind any
        case 'train dpo --per-device-train-batch-size'
            set count 1
            set kind any
        case 'train dpo --gradient-accumulation-steps'
            set count 1
            set kind any
        case 'train dpo --warmup-steps'
            set count 1
            set kind any
        case 'train dpo --lr-scheduler-type'
            set count 1
            set kind choice
            set choices 'linear' 'cosine' 'cosine_with_restarts' 'polynomial' 'constant' 'constant_with_warmup' 'inverse_sqrt' 'reduce_lr_on_plateau' 'cosine_with_min_lr' 'cosine_warmup_with_min_lr' 'warmup_stable_decay' 'greedy'
        case 'train dpo --weight-decay'
            set count 1
            set kind any
        case 'train dpo --save-steps'
            set count 1
            set kind any
        case 'train dpo --keep'
            set count 1
            set kind any
        case 'train dpo --logging-steps'
            set count 1
            set kind any
        case 'train dpo --eval-steps'
            set count 1
            set kind any
        case 'train dpo --seed'
            set count 1
            set kind any
        case 'train dpo --device'
            set count 1
            set kind choice
            set choices 'auto' 'cpu' 'cuda' 'mps'
        case 'train dpo --launch'
            set count 1
            set kind any
        case 'train dpo --gpus'
            set count 1
            set kind any
        case 'train dpo --nproc'
            set count 1
            set kind any
        case 'train dpo --nodes'
            set count 1
            set kind files
        case 'train dpo --zero'
            set count 1
            set kind any
        case 'train dpo --offload'
            set count 1
            set kind any
        case 'train dpo --max-restarts'
            set count 1
            set kind any
        case 'train dpo --dtype'
            set count 1
            set kind choice
            set choices 'float32' 'bfloat16' 'float16'
        case 'train dpo --report-to'
            set count 1
            set kind any
        case 'train dpo --hub-strategy'
            set count 1
            set kind choice
            set choices 'end' 'every_save' 'checkpoint' 'all_checkpoints'
        case 'train dpo --set'
            set count 1
            set kind fieldkeys
        case 'train dpo --after'
            set count 1
            set kind runs
        case 'train dpo --after-any'
            set count 1
            set kind runs
        case 'train dpo --when-free'
            set count 1
            set kind any
        case 'train dpo --retries'
            set count 1
            set kind any
        case 'train dpo --notify'
            set count 1
            set kind commands
        case 'train dpo --push'
            set count 1
            set kind repos
        case 'train dpo -f' 'train dpo --format'
            set count 1
            set kind choice
            set choices 'table' 'jsonl' 'json' 'csv' 'tsv' 'yaml' 'quiet'
        case 'train dpo --progress'
            set count 1
            set kind choice
            set choices 'auto' 'bar' 'plain' 'jsonl' 'none'
        case 'train kto --name'
            set count 1
            set kind runs
        case 'train kto --chat-template'
            set count 1
            set kind any
        case 'train kto --max-length'
            set count 1
            set kind any
        case 'train kto --beta'
            set count 1
            set kind any
        case 'train kto --desirable-weight'
            set count 1
            set kind any
        case 'train kto --undesirable-weight'
            set count 1
            set kind any
        case 'train kto --loss-type'
            set count 1
            set kind choice
            set choices 'kto' 'apo_zero_unpaired'
        case 'train kto --config'
            set count 1
            set kind any
        case 'train kto --split'
            set count 1
            set kind any
        case 'train kto --eval-data'
            set count 1
            set kind files
        case 'train kto --eval-split'
            set count 1
            set kind any
        case 'train kto --column'
            set count 1
            set kind any
        case 'train kto --max-samples'
            set count 1
            set kind any
        case 'train kto --peft'
            set count 1
            set kind choice
            set choices 'none' 'adalora' 'adamss' 'adaption_prompt' 'beft' 'boft' 'c3a' 'cartridge' 'cpt' 'deft' 'delora' 'dora' 'eva' 'fourierft' 'frod' 'glora' 'gralora' 'hira' 'hra' 'ia3' 'lily' 'ln_tuning' 'loftq' 'loha' 'lokr' 'lora' 'miss' 'multitask_prompt_tuning' 'oft' 'olora' 'osf' 'p_tuning' 'peanut' 'pissa' 'poly' 'prefix_tuning' 'prompt_tuning' 'psoft' 'pvera' 'randlora' 'road' 'rslora' 'shadow' 'shira' 'supertuning' 'tinylora' 'trainable_tokens' 'unilora' 'vblora' 'vera' 'waveft' 'xlora'
        case 'train kto --peft-set'
            set count 1
            set kind peftkeys
        case 'train kto --load-in'
            set count 1
            set kind choice
            set choices '4bit' '8bit'
        case 'train kto --learning-rate'
            set count 1
            set kind any
        case 'train kto --num-train-epochs'
            set count 1
            set kind any
        case 'train kto --max-steps'
            set count 1
            set kind any
        case 'train kto --per-device-train-batch-size'
            set count 1
            set kind any
        case 'train kto --gradient-accumulation-steps'
            set count 1
            set kind any
        case 'train kto --warmup-steps'
            set count 1
            set kind any
        case 'train kto --lr-scheduler-type'
            set count 1
            set kind choice
            set choices 'linear' 'cosine' 'cosine_with_restarts' 'polynomial' 'constant' 'constant_with_warmup' 'inverse_sqrt' 'reduce_lr_on_plateau' 'cosine_with_min_lr' 'cosine_warmup_with_min_lr' 'warmup_stable_decay' 'greedy'
        case 'train kto --weight-decay'
            set count 1
            set kind any
        case 'train kto --save-steps'
            set count 1
            set kind any
        case 'train kto --keep'
            set count 1
            set kind any
        case 'train kto --logging-steps'
            set count 1
            set kind any
        case 'train kto --eval-steps'
            set count 1
            set kind any
        case 'train kto --seed'
            set count 1
            set kind any
        case 'train kto --device'
            set count 1
            set kind choice
            set choices 'auto' 'cpu' 'cuda' 'mps'
        case 'train kto --launch'
            set count 1
            set kind any
        case 'train kto --gpus'
            set count 1
            set kind any
        case 'train kto --nproc'
            set count 1
            set kind any
        case 'train kto --nodes'
            set count 1
            set kind files
        case 'train kto --zero'
            set count 1
            set kind any
        case 'train kto --offload'
            set count 1
            set kind any
        case 'train kto --max-restarts'
            set count 1
            set kind any
        case 'train kto --dtype'
            set count 1
            set kind choice
            set choices 'float32' 'bfloat16' 'float16'
        case 'train kto --report-to'
            set count 1
            set kind any
        case 'train kto --hub-strategy'
            set count 1
            set kind choice
            set choices 'end' 'every_save' 'checkpoint' 'all_checkpoints'
        case 'train kto --set'
            set count 1
            set kind fieldkeys
        case 'train kto --after'
            set count 1
            set kind runs
        case 'train kto --after-any'
            set count 1
            set kind runs
        case 'train kto --when-free'
            set count 1
            set kind any
        case 'train kto --retries'
            set count 1
            set kind any
        case 'train kto --notify'
            set count 1
            set kind commands
        case 'train kto --push'
            set count 1
            set kind repos
        case 'train kto -f' 'train kto --format'
            set count 1
            set kind choice
            set choices 'table' 'jsonl' 'json' 'csv' 'tsv' 'yaml' 'quiet'
        case 'train kto --progress'
            set count 1
            set kind choice
            set choices 'auto' 'bar' 'plain' 'jsonl' 'none'
        case 'train reward --name'
            set count 1
            set kind runs
        case 'train reward --chat-template'
            set count 1
            set kind any
        case 'train reward --max-length'
            set count 1
            set kind any
        case 'train reward --center-rewards-coefficient'
            set count 1
            set kind any
        case 'train reward --config'
            set count 1
            set kind any
        case 'train reward --split'
            set count 1
            set kind any
        case 'train reward --eval-data'
            set count 1
            set kind files
        case 'train reward --eval-split'
            set count 1
            set kind any
        case 'train reward --column'
            set count 1
            set kind any
        case 'train reward --max-samples'
            set count 1
            set kind any
        case 'train reward --peft'
            set count 1
            set kind choice
            set choices 'none' 'adalora' 'adamss' 'adaption_prompt' 'beft' 'boft' 'c3a' 'cartridge' 'cpt' 'deft' 'delora' 'dora' 'eva' 'fourierft' 'frod' 'glora' 'gralora' 'hira' 'hra' 'ia3' 'lily' 'ln_tuning' 'loftq' 'loha' 'lokr' 'lora' 'miss' 'multitask_prompt_tuning' 'oft' 'olora' 'osf' 'p_tuning' 'peanut' 'pissa' 'poly' 'prefix_tuning' 'prompt_tuning' 'psoft' 'pvera' 'randlora' 'road' 'rslora' 'shadow' 'shira' 'supertuning' 'tinylora' 'trainable_tokens' 'unilora' 'vblora' 'vera' 'waveft' 'xlora'
        case 'train reward --peft-set'
            set count 1
            set kind peftkeys
        case 'train reward --load-in'
            set count 1
            set kind choice
            set choices '4bit' '8bit'
        case 'train reward --learning-rate'
            set count 1
            set kind any
        case 'train reward --num-train-epochs'
            set count 1
            set kind any
        case 'train reward --max-steps'
            set count 1
            set kind any
        case 'train reward --per-device-train-batch-size'
            set count 1
            set kind any
        case 'train reward --gradient-accumulation-steps'
            set count 1
            set kind any
        case 'train reward --warmup-steps'
            set count 1
            set kind any
        case 'train reward --lr-scheduler-type'
            set count 1
            set kind choice
            set choices 'linear' 'cosine' 'cosine_with_restarts' 'polynomial' 'constant' 'constant_with_warmup' 'inverse_sqrt' 'reduce_lr_on_plateau' 'cosine_with_min_lr' 'cosine_warmup_with_min_lr' 'warmup_stable_decay' 'greedy'
        case 'train reward --weight-decay'
            set count 1
            set kind any
        case 'train reward --save-steps'
            set count 1
            set kind any
        case 'train reward --keep'
            set count 1
            set kind any
        case 'train reward --logging-steps'
            set count 1
            set kind any
        case 'train reward --eval-steps'
            set count 1
            set kind any
        case 'train reward --seed'
            set count 1
            set kind any
        case 'train reward --device'
            set count 1
            set kind choice
            set choices 'auto' 'cpu' 'cuda' 'mps'
        case 'train reward --launch'
            set count 1
            set kind any
        case 'train reward --gpus'
            set count 1
            set kind any
        case 'train reward --nproc'
            set count 1
            set kind any
        case 'train reward --nodes'
            set count 1
            set kind files
        case 'train reward --zero'
            set count 1
            set kind any
        case 'train reward --offload'
            set count 1
            set kind any
        case 'train reward --max-restarts'
            set count 1
            set kind any
        case 'train reward --dtype'
            set count 1
            set kind choice
            set choices 'float32' 'bfloat16' 'float16'
        case 'train reward --report-to'
            set count 1
            set kind any
        case 'train reward --hub-strategy'
            set count 1
            set kind choice
            set choices 'end' 'every_save' 'checkpoint' 'all_checkpoints'
        case 'train reward --set'
            set count 1
            set kind fieldkeys
        case 'train reward --after'
            set count 1
            set kind runs
        case 'train reward --after-any'
            set count 1
            set kind runs
        case 'train reward --when-free'
            set count 1
            set kind any
        case 'train reward --retries'
            set count 1
            set kind any
        case 'train reward --notify'
            set count 1
            set kind commands
        case 'train reward --push'
            set count 1
            set kind repos
        case 'train reward -f' 'train reward --format'
            set count 1
            set kind choice
            set choices 'table' 'jsonl' 'json' 'csv' 'tsv' 'yaml' 'quiet'
        case 'train reward --progress'
            set count 1
            set kind choice
            set choices 'auto' 'bar' 'plain' 'jsonl' 'none'
        case 'train grpo --name'
            set count 1
            set kind runs
        case 'train grpo --chat-template'
            set count 1
            set kind any
        case 'train grpo --max-completion-length'
            set count 1
            set kind any
        case 'train grpo --temperature'
            set count 1
            set kind any
        case 'train grpo --reward'
            set count 1
            set kind any
        case 'train grpo --reward-weight'
            set count 1
            set kind any
        case 'train grpo --num-generations'
            set count 1
            set kind any
        case 'train grpo --beta'
            set count 1
            set kind any
        case 'train grpo --config'
            set count 1
            set kind any
        case 'train grpo --split'
            set count 1
            set kind any
        case 'train grpo --eval-data'
            set count 1
            set kind files
        case 'train grpo --eval-split'
            set count 1
            set kind any
        case 'train grpo --column'
            set count 1
            set kind any
        case 'train grpo --max-samples'
            set count 1
            set kind any
        case 'train grpo --peft'
            set count 1
            set kind choice
            set choices 'none' 'adalora' 'adamss' 'adaption_prompt' 'beft' 'boft' 'c3a' 'cartridge' 'cpt' 'deft' 'delora' 'dora' 'eva' 'fourierft' 'frod' 'glora' 'gralora' 'hira' 'hra' 'ia3' 'lily' 'ln_tuning' 'loftq' 'loha' 'lokr' 'lora' 'miss' 'multitask_prompt_tuning' 'oft' 'olora' 'osf' 'p_tuning' 'peanut' 'pissa' 'poly' 'prefix_tuning' 'prompt_tuning' 'psoft' 'pvera' 'randlora' 'road' 'rslora' 'shadow' 'shira' 'supertuning' 'tinylora' 'trainable_tokens' 'unilora' 'vblora' 'vera' 'waveft' 'xlora'
        case 'train grpo --peft-set'
            set count 1
            set kind peftkeys
        case 'train grpo --load-in'
            set count 1
            set kind choice
            set choices '4bit' '8bit'
        case 'train grpo --learning-rate'
            set count 1
            set kind any
        case 'train grpo --num-train-epochs'
            set count 1
            set kind any
        case 'train grpo --max-steps'
            set count 1
            set kind any
        case 'train grpo --per-device-train-batch-size'
            set count 1
            set kind any
        case 'train grpo --gradient-accumulation-steps'
            set count 1
            set kind any
        case 'train grpo --warmup-steps'
            set count 1
            set kind any
        case 'train grpo --lr-scheduler-type'
            set count 1
            set kind choice
            set choices 'linear' 'cosine' 'cosine_with_restarts' 'polynomial' 'constant' 'constant_with_warmup' 'inverse_sqrt' 'reduce_lr_on_plateau' 'cosine_with_min_lr' 'cosine_warmup_with_min_lr' 'warmup_stable_decay' 'greedy'
        case 'train grpo --weight-decay'
            set count 1
            set kind any
        case 'train grpo --save-steps'
            set count 1
            set kind any
        case 'train grpo --keep'
            set count 1
            set kind any
        case 'train grpo --logging-steps'
            set count 1
            set kind any
        case 'train grpo --eval-steps'
            set count 1
            set kind any
        case 'train grpo --seed'
            set count 1
            set kind any
        case 'train grpo --device'
            set count 1
            set kind choice
            set choices 'auto' 'cpu' 'cuda' 'mps'
        case 'train grpo --launch'
            set count 1
            set kind any
        case 'train grpo --gpus'
            set count 1
            set kind any
        case 'train grpo --nproc'
            set count 1
            set kind any
        case 'train grpo --nodes'
            set count 1
            set kind files
        case 'train grpo --zero'
            set count 1
            set kind any
        case 'train grpo --offload'
            set count 1
            set kind any
        case 'train grpo --max-restarts'
            set count 1
            set kind any
        case 'train grpo --dtype'
            set count 1
            set kind choice
            set choices 'float32' 'bfloat16' 'float16'
        case 'train grpo --report-to'
            set count 1
            set kind any
        case 'train grpo --hub-strategy'
            set count 1
            set kind choice
            set choices 'end' 'every_save' 'checkpoint' 'all_checkpoints'
        case 'train grpo --set'
            set count 1
            set kind fieldkeys
        case 'train grpo --after'
            set count 1
            set kind runs
        case 'train grpo --after-any'
            set count 1
            set kind runs
        case 'train grpo --when-free'
            set count 1
            set kind any
        case 'train grpo --retries'
            set count 1
            set kind any
        case 'train grpo --notify'
            set count 1
            set kind commands
        case 'train grpo --push'
            set count 1
            set kind repos
        case 'train grpo -f' 'train grpo --format'
            set count 1
            set kind choice
            set choices 'table' 'jsonl' 'json' 'csv' 'tsv' 'yaml' 'quiet'
        case 'train grpo --progress'
            set count 1
            set kind choice
            set choices 'auto' 'bar' 'plain' 'jsonl' 'none'
        case 'train rloo --name'
            set count 1
            set kind runs
        case 'train rloo --chat-template'
            set count 1
            set kind any
        case 'train rloo --max-completion-length'
            set count 1
            set kind any
        case 'train rloo --temperature'
            set count 1
            set kind any
        case 'train rloo --reward'
            set count 1
            set kind any
        case 'train rloo --reward-weight'
            set count 1
            set kind any
        case 'train rloo --num-generations'
            set count 1
            set kind any
        case 'train rloo --beta'
            set count 1
            set kind any
        case 'train rloo --config'
            set count 1
            set kind any
        case 'train rloo --split'
            set count 1
            set kind any
        case 'train rloo --eval-data'
            set count 1
            set kind files
        case 'train rloo --eval-split'
            set count 1
            set kind any
        case 'train rloo --column'
            set count 1
            set kind any
        case 'train rloo --max-samples'
            set count 1
            set kind any
        case 'train rloo --peft'
            set count 1
            set kind choice
            set choices 'none' 'adalora' 'adamss' 'adaption_prompt' 'beft' 'boft' 'c3a' 'cartridge' 'cpt' 'deft' 'delora' 'dora' 'eva' 'fourierft' 'frod' 'glora' 'gralora' 'hira' 'hra' 'ia3' 'lily' 'ln_tuning' 'loftq' 'loha' 'lokr' 'lora' 'miss' 'multitask_prompt_tuning' 'oft' 'olora' 'osf' 'p_tuning' 'peanut' 'pissa' 'poly' 'prefix_tuning' 'prompt_tuning' 'psoft' 'pvera' 'randlora' 'road' 'rslora' 'shadow' 'shira' 'supertuning' 'tinylora' 'trainable_tokens' 'unilora' 'vblora' 'vera' 'waveft' 'xlora'
        case 'train rloo --peft-set'
            set count 1
            set kind peftkeys
        case 'train rloo --load-in'
            set count 1
            set kind choice
            set choices '4bit' '8bit'
        case 'train rloo --learning-rate'
            set count 1
            set kind any
        case 'train rloo --num-train-epochs'
            set count 1
            set kind any
        case 'train rloo --max-steps'
            set count 1
            set kind any
        case 'train rloo --per-device-train-batch-size'
            set count 1
            set kind any
        case 'train rloo --gradient-accumulation-steps'
            set count 1
            set kind any
        case 'train rloo --warmup-steps'
            set count 1
            set kind any
        case 'train rloo --lr-scheduler-type'
            set count 1
            set kind choice
            set choices 'linear' 'cosine' 'cosine_with_restarts' 'polynomial' 'constant' 'constant_with_warmup' 'inverse_sqrt' 'reduce_lr_on_plateau' 'cosine_with_min_lr' 'cosine_warmup_with_min_lr' 'warmup_stable_decay' 'greedy'
        case 'train rloo --weight-decay'
            set count 1
            set kind any
        case 'train rloo --save-steps'
            set count 1
            set kind any
        case 'train rloo --keep'
            set count 1
            set kind any
        case 'train rloo --logging-steps'
            set count 1
            set kind any
        case 'train rloo --eval-steps'
            set count 1
            set kind any
        case 'train rloo --seed'
            set count 1
            set kind any
        case 'train rloo --device'
            set count 1
            set kind choice
            set choices 'auto' 'cpu' 'cuda' 'mps'
        case 'train rloo --launch'
            set count 1
            set kind any
        case 'train rloo --gpus'
            set count 1
            set kind any
        case 'train rloo --nproc'
            set count 1
            set kind any
        case 'train rloo --nodes'
            set count 1
            set kind files
        case 'train rloo --zero'
            set count 1
            set kind any
        case 'train rloo --offload'
            set count 1
            set kind any
        case 'train rloo --max-restarts'
            set count 1
            set kind any
        case 'train rloo --dtype'
            set count 1
            set kind choice
            set choices 'float32' 'bfloat16' 'float16'
        case 'train rloo --report-to'
            set count 1
            set kind any
        case 'train rloo --hub-strategy'
            set count 1
            set kind choice
            set choices 'end' 'every_save' 'checkpoint' 'all_checkpoints'
        case 'train rloo --set'
            set count 1
            set kind fieldkeys
        case 'train rloo --after'
            set count 1
            set kind runs
        case 'train rloo --after-any'
            set count 1
            set kind runs
        case 'train rloo --when-free'
            set count 1
            set kind any
        case 'train rloo --retries'
            set count 1
            set kind any
        case 'train rloo --notify'
            set count 1
            set kind commands
        case 'train rloo --push'
            set count 1
            set kind repos
        case 'train rloo -f' 'train rloo --format'
            set count 1
            set kind choice
            set choices 'table' 'jsonl' 'json' 'csv' 'tsv' 'yaml' 'quiet'
        case 'train rloo --progress'
            set count 1
            set kind choice
            set choices 'auto' 'bar' 'plain' 'jsonl' 'none'
        case 'train distill --name'
            set count 1
            set kind runs
        case 'train distill --chat-template'
            set count 1
            set kind any
        case 'train distill --max-completion-length'
            set count 1
            set kind any
        case 'train distill --temperature'
            set count 1
            set kind any
        case 'train distill --teacher'
            set count 1
            set kind models
        case 'train distill --beta'
            set count 1
            set kind any
        case 'train distill --config'
            set count 1
            set kind any
        case 'train distill --split'
            set count 1
            set kind any
        case 'train distill --eval-data'
            set count 1
            set kind files
        case 'train distill --eval-split'
            set count 1
            set kind any
        case 'train distill --column'
            set count 1
            set kind any
        case 'train distill --max-samples'
            set count 1
            set kind any
        case 'train distill --peft'
            set count 1
            set kind choice
            set choices 'none' 'adalora' 'adamss' 'adaption_prompt' 'beft' 'boft' 'c3a' 'cartridge' 'cpt' 'deft' 'delora' 'dora' 'eva' 'fourierft' 'frod' 'glora' 'gralora' 'hira' 'hra' 'ia3' 'lily' 'ln_tuning' 'loftq' 'loha' 'lokr' 'lora' 'miss' 'multitask_prompt_tuning' 'oft' 'olora' 'osf' 'p_tuning' 'peanut' 'pissa' 'poly' 'prefix_tuning' 'prompt_tuning' 'psoft' 'pvera' 'randlora' 'road' 'rslora' 'shadow' 'shira' 'supertuning' 'tinylora' 'trainable_tokens' 'unilora' 'vblora' 'vera' 'waveft' 'xlora'
        case 'train distill --peft-set'
            set count 1
            set kind peftkeys
        case 'train distill --load-in'
            set count 1
            set kind choice
            set choices '4bit' '8bit'
        case 'train distill --learning-rate'
            set count 1
            set kind any
        case 'train distill --num-train-epochs'
            set count 1
            set kind any
        case 'train distill --max-steps'
            set count 1
            set kind any
        case 'train distill --per-device-train-batch-size'
            set count 1
            set kind any
        case 'train distill --gradient-accumulation-steps'
            set count 1
            set kind any
        case 'train distill --warmup-steps'
            set count 1
            set kind any
        case 'train distill --lr-scheduler-type'
            set count 1
            set kind choice
            set choices 'linear' 'cosine' 'cosine_with_restarts' 'polynomial' 'constant' 'constant_with_warmup' 'inverse_sqrt' 'reduce_lr_on_plateau' 'cosine_with_min_lr' 'cosine_warmup_with_min_lr' 'warmup_stable_decay' 'greedy'
        case 'train distill --weight-decay'
            set count 1
            set kind any
        case 'train distill --save-steps'
            set count 1
            set kind any
        case 'train distill --keep'
            set count 1
            set kind any
        case 'train distill --logging-steps'
            set count 1
            set kind any
        case 'train distill --eval-steps'
            set count 1
            set kind any
        case 'train distill --seed'
            set count 1
            set kind any
        case 'train distill --device'
            set count 1
            set kind choice
            set choices 'auto' 'cpu' 'cuda' 'mps'
        case 'train distill --launch'
            set count 1
            set kind any
        case 'train distill --gpus'
            set count 1
            set kind any
        case 'train distill --nproc'
            set count 1
            set kind any
        case 'train distill --nodes'
            set count 1
            set kind files
        case 'train distill --zero'
            set count 1
            set kind any
        case 'train distill --offload'
            set count 1
            set kind any
        case 'train distill --max-restarts'
            set count 1
            set kind any
        case 'train distill --dtype'
            set count 1
            set kind choice
            set choices 'float32' 'bfloat16' 'float16'
        case 'train distill --report-to'
            set count 1
            set kind any
        case 'train distill --hub-strategy'
            set count 1
            set kind choice
            set choices 'end' 'every_save' 'checkpoint' 'all_checkpoints'
        case 'train distill --set'
            set count 1
            set kind fieldkeys
        case 'train distill --after'
            set count 1
            set kind runs
        case 'train distill --after-any'
            set count 1
            set kind runs
        case 'train distill --when-free'
            set count 1
            set kind any
        case 'train distill --retries'
            set count 1
            set kind any
        case 'train distill --notify'
            set count 1
            set kind commands
        case 'train distill --push'
            set count 1
            set kind repos
        case 'train distill -f' 'train distill --format'
            set count 1
            set kind choice
            set choices 'table' 'jsonl' 'json' 'csv' 'tsv' 'yaml' 'quiet'
        case 'train distill --progress'
            set count 1
            set kind choice
            set choices 'auto' 'bar' 'plain' 'jsonl' 'none'
        case 'train clm --name'
            set count 1
            set kind runs
        case 'train clm --max-length'
            set count 1
            set kind any
        case 'train clm --config'
            set count 1
            set kind any
        case 'train clm --split'
            set count 1
            set kind any
        case 'train clm --eval-data'
            set count 1
            set kind files
        case 'train clm --eval-split'
            set count 1
            set kind any
        case 'train clm --column'
            set count 1
            set kind any
        case 'train clm --max-samples'
            set count 1
            set kind any
        case 'train clm --peft'
            set count 1
            set kind choice
            set choices 'none' 'adalora' 'adamss' 'adaption_prompt' 'beft' 'boft' 'c3a' 'cartridge' 'cpt' 'deft' 'delora' 'dora' 'eva' 'fourierft' 'frod' 'glora' 'gralora' 'hira' 'hra' 'ia3' 'lily' 'ln_tuning' 'loftq' 'loha' 'lokr' 'lora' 'miss' 'multitask_prompt_tuning' 'oft' 'olora' 'osf' 'p_tuning' 'peanut' 'pissa' 'poly' 'prefix_tuning' 'prompt_tuning' 'psoft' 'pvera' 'randlora' 'road' 'rslora' 'shadow' 'shira' 'supertuning' 'tinylora' 'trainable_tokens' 'unilora' 'vblora' 'vera' 'waveft' 'xlora'
        case 'train clm --peft-set'
            set count 1
            set kind peftkeys
        case 'train clm --load-in'
            set count 1
            set kind choice
            set choices '4bit' '8bit'
        case 'train clm --learning-rate'
            set count 1
            set kind any
        case 'train clm --num-train-epochs'
            set count 1
            set kind any
        case 'train clm --max-steps'
            set count 1
            set kind any
        case 'train clm --per-device-train-batch-size'
            set count 1
            set kind any
        case 'train clm --gradient-accumulation-steps'
            set count 1
            set kind any
        case 'train clm --warmup-steps'
            set count 1
            set kind any
        case 'train clm --lr-scheduler-type'
            set count 1
            set kind choice
            set choices 'linear' 'cosine' 'cosine_with_restarts' 'polynomial' 'constant' 'constant_with_warmup' 'inverse_sqrt' 'reduce_lr_on_plateau' 'cosine_with_min_lr' 'cosine_warmup_with_min_lr' 'warmup_stable_decay' 'greedy'
        case 'train clm --weight-decay'
            set count 1
            set kind any
        case 'train clm --save-steps'
            set count 1
            set kind any
        case 'train clm --keep'
            set count 1
            set kind any
        case 'train clm --logging-steps'
            set count 1
            set kind any
        case 'train clm --eval-steps'
            set count 1
            set kind any
        case 'train clm --seed'
            set count 1
            set kind any
        case 'train clm --device'
            set count 1
            set kind choice
            set choices 'auto' 'cpu' 'cuda' 'mps'
        case 'train clm --launch'
            set count 1
            set kind any
        case 'train clm --gpus'
            set count 1
            set kind any
        case 'train clm --nproc'
            set count 1
            set kind any
        case 'train clm --nodes'
            set count 1
            set kind files
        case 'train clm --zero'
            set count 1
            set kind any
        case 'train clm --offload'
            set count 1
            set kind any
        case 'train clm --max-restarts'
            set count 1
            set kind any
        case 'train clm --dtype'
            set count 1
            set kind choice
            set choices 'float32' 'bfloat16' 'float16'
        case 'train clm --report-to'
            set count 1
            set kind any
        case 'train clm --hub-strategy'
            set count 1
            set kind choice
            set choices 'end' 'every_save' 'checkpoint' 'all_checkpoints'
        case 'train clm --set'
            set count 1
            set kind fieldkeys
        case 'train clm --after'
            set count 1
            set kind runs
        case 'train clm --after-any'
            set count 1
            set kind runs
        case 'train clm --when-free'
            set count 1
            set kind any
        case 'train clm --retries'
            set count 1
            set kind any
        case 'train clm --notify'
            set count 1
            set kind commands
        case 'train clm --push'
            set count 1
            set kind repos
        case 'train clm -f' 'train clm --format'
            set count 1
            set kind choice
            set choices 'table' 'jsonl' 'json' 'csv' 'tsv' 'yaml' 'quiet'
        case 'train clm --progress'
            set count 1
            set kind choice
            set choices 'auto' 'bar' 'plain' 'jsonl' 'none'
        case 'train mlm --name'
            set count 1
            set kind runs
        case 'train mlm --max-length'
            set count 1
            set kind any
        case 'train mlm --mlm-probability'
            set count 1
            set kind any
        case 'train mlm --config'
            set count 1
            set kind any
        case 'train mlm --split'
            set count 1
            set kind any
        case 'train mlm --eval-data'
            set count 1
            set kind files
        case 'train mlm --eval-split'
            set count 1
            set kind any
        case 'train mlm --column'
            set count 1
            set kind any
        case 'train mlm --max-samples'
            set count 1
            set kind any
        case 'train mlm --peft'
            set count 1
            set kind choice
            set choices 'none' 'adalora' 'adamss' 'adaption_prompt' 'beft' 'boft' 'c3a' 'cartridge' 'cpt' 'deft' 'delora' 'dora' 'eva' 'fourierft' 'frod' 'glora' 'gralora' 'hira' 'hra' 'ia3' 'lily' 'ln_tuning' 'loftq' 'loha' 'lokr' 'lora' 'miss' 'multitask_prompt_tuning' 'oft' 'olora' 'osf' 'p_tuning' 'peanut' 'pissa' 'poly' 'prefix_tuning' 'prompt_tuning' 'psoft' 'pvera' 'randlora' 'road' 'rslora' 'shadow' 'shira' 'supertuning' 'tinylora' 'trainable_tokens' 'unilora' 'vblora' 'vera' 'waveft' 'xlora'
        case 'train mlm --peft-set'
            set count 1
            set kind peftkeys
        case 'train mlm --load-in'
            set count 1
            set kind choice
            set choices '4bit' '8bit'
        case 'train mlm --learning-rate'
            set count 1
            set kind any
        case 'train mlm --num-train-epochs'
            set count 1
            set kind any
        case 'train mlm --max-steps'
            set count 1
            set kind any
        case 'train mlm --per-device-train-batch-size'
            set count 1
            set kind any
        case 'train mlm --gradient-accumulation-steps'
            set count 1
            set kind any
        case 'train mlm --warmup-steps'
            set count 1
            set kind any
        case 'train mlm --lr-scheduler-type'
            set count 1
            set kind choice
            set choices 'linear' 'cosine' 'cosine_with_restarts' 'polynomial' 'constant' 'constant_with_warmup' 'inverse_sqrt' 'reduce_lr_on_plateau' 'cosine_with_min_lr' 'cosine_warmup_with_min_lr' 'warmup_stable_decay' 'greedy'
        case 'train mlm --weight-decay'
            set count 1
            set kind any
        case 'train mlm --save-steps'
            set count 1
            set kind any
        case 'train mlm --keep'
            set count 1
            set kind any
        case 'train mlm --logging-steps'
            set count 1
            set kind any
        case 'train mlm --eval-steps'
            set count 1
            set kind any
        case 'train mlm --seed'
            set count 1
            set kind any
        case 'train mlm --device'
            set count 1
            set kind choice
            set choices 'auto' 'cpu' 'cuda' 'mps'
        case 'train mlm --launch'
            set count 1
            set kind any
        case 'train mlm --gpus'
            set count 1
            set kind any
        case 'train mlm --nproc'
            set count 1
            set kind any
        case 'train mlm --nodes'
            set count 1
            set kind files
        case 'train mlm --zero'
            set count 1
            set kind any
        case 'train mlm --offload'
            set count 1
            set kind any
        case 'train mlm --max-restarts'
            set count 1
            set kind any
        case 'train mlm --dtype'
            set count 1
            set kind choice
            set choices 'float32' 'bfloat16' 'float16'
        case 'train mlm --report-to'
            set count 1
            set kind any
        case 'train mlm --hub-strategy'
            set count 1
            set kind choice
            set choices 'end' 'every_save' 'checkpoint' 'all_checkpoints'
        case 'train mlm --set'
            set count 1
            set kind fieldkeys
        case 'train mlm --after'
            set count 1
            set kind runs
        case 'train mlm --after-any'
            set count 1
            set kind runs
        case 'train mlm --when-free'
            set count 1
            set kind any
        case 'train mlm --retries'
            set count 1
            set kind any
        case 'train mlm --notify'
            set count 1
            set kind commands
        case 'train mlm --push'
            set count 1
            set kind repos
        case 'train mlm -f' 'train mlm --format'
            set count 1
            set kind choice
            set choices 'table' 'jsonl' 'json' 'csv' 'tsv' 'yaml' 'quiet'
        case 'train mlm --progress'
            set count 1
            set kind choice
            set choices 'auto' 'bar' 'plain' 'jsonl' 'none'
        case 'train seq2seq --name'
            set count 1
            set kind runs
        case 'train seq2seq --metric'
            set count 1
            set kind any
        case 'train seq2seq --max-length'
            set count 1
            set kind any
        case 'train seq2seq --max-target-length'
            set count 1
            set kind any
        case 'train seq2seq --source-prefix'
            set count 1
            set kind any
        case 'train seq2seq --config'
            set count 1
            set kind any
        case 'train seq2seq --split'
            set count 1
            set kind any
        case 'train seq2seq --eval-data'
            set count 1
            set kind files
        case 'train seq2seq --eval-split'
            set count 1
            set kind any
        case 'train seq2seq --column'
            set count 1
            set kind any
        case 'train seq2seq --max-samples'
            set count 1
            set kind any
        case 'train seq2seq --peft'
            set count 1
            set kind choice
            set choices 'none' 'adalora' 'adamss' 'adaption_prompt' 'beft' 'boft' 'c3a' 'cartridge' 'cpt' 'deft' 'delora' 'dora' 'eva' 'fourierft' 'frod' 'glora' 'gralora' 'hira' 'hra' 'ia3' 'lily' 'ln_tuning' 'loftq' 'loha' 'lokr' 'lora' 'miss' 'multitask_prompt_tuning' 'oft' 'olora' 'osf' 'p_tuning' 'peanut' 'pissa' 'poly' 'prefix_tuning' 'prompt_tuning' 'psoft' 'pvera' 'randlora' 'road' 'rslora' 'shadow' 'shira' 'supertuning' 'tinylora' 'trainable_tokens' 'unilora' 'vblora' 'vera' 'waveft' 'xlora'
        case 'train seq2seq --peft-set'
            set count 1
            set kind peftkeys
        case 'train seq2seq --load-in'
            set count 1
            set kind choice
            set choices '4bit' '8bit'
        case 'train seq2seq --learning-rate'
            set count 1
            set kind any
        case 'train seq2seq --num-train-epochs'
            set count 1
            set kind any
        case 'train seq2seq --max-steps'
            set count 1
            set kind any
        case 'train seq2seq --per-device-train-batch-size'
            set count 1
            set kind any
        case 'train seq2seq --gradient-accumulation-steps'
            set count 1
            set kind any
        case 'train seq2seq --warmup-steps'
            set count 1
            set kind any
        case 'train seq2seq --lr-scheduler-type'
            set count 1
            set kind choice
            set choices 'linear' 'cosine' 'cosine_with_restarts' 'polynomial' 'constant' 'constant_with_warmup' 'inverse_sqrt' 'reduce_lr_on_plateau' 'cosine_with_min_lr' 'cosine_warmup_with_min_lr' 'warmup_stable_decay' 'greedy'
        case 'train seq2seq --weight-decay'
            set count 1
            set kind any
        case 'train seq2seq --save-steps'
            set count 1
            set kind any
        case 'train seq2seq --keep'
            set count 1
            set kind any
        case 'train seq2seq --logging-steps'
            set count 1
            set kind any
        case 'train seq2seq --eval-steps'
            set count 1
            set kind any
        case 'train seq2seq --seed'
            set count 1
            set kind any
        case 'train seq2seq --device'
            set count 1
            set kind choice
            set choices 'auto' 'cpu' 'cuda' 'mps'
        case 'train seq2seq --launch'
            set count 1
            set kind any
        case 'train seq2seq --gpus'
            set count 1
            set kind any
        case 'train seq2seq --nproc'
            set count 1
            set kind any
        case 'train seq2seq --nodes'
            set count 1
            set kind files
        case 'train seq2seq --zero'
            set count 1
            set kind any
        case 'train seq2seq --offload'
            set count 1
            set kind any
        case 'train seq2seq --max-restarts'
            set count 1
            set kind any
        case 'train seq2seq --dtype'
            set count 1
            set kind choice
            set choices 'float32' 'bfloat16' 'float16'
        case 'train seq2seq --report-to'
            set count 1
            set kind any
        case 'train seq2seq --hub-strategy'
            set count 1
            set kind choice
            set choices 'end' 'every_save' 'checkpoint' 'all_checkpoints'
        case 'train seq2seq --set'
            set count 1
            set kind fieldkeys
        case 'train seq2seq --after'
            set count 1
            set kind runs
        case 'train seq2seq --after-any'
            set count 1
            set kind runs
        case 'train seq2seq --when-free'
            set count 1
            set kind any
        case 'train seq2seq --retries'
            set count 1
            set kind any
        case 'train seq2seq --notify'
            set count 1
            set kind commands
        case 'train seq2seq --push'
            set count 1
            set kind repos
        case 'train seq2seq -f' 'train seq2seq --format'
            set count 1
            set kind choice
            set choices 'table' 'jsonl' 'json' 'csv' 'tsv' 'yaml' 'quiet'
        case 'train seq2seq --progress'
            set count 1
            set kind choice
            set choices 'auto' 'bar' 'plain' 'jsonl' 'none'
        case 'train classify --name'
            set count 1
            set kind runs
        case 'train classify --metric'
            set count 1
            set kind any
        case 'train classify --max-length'
            set count 1
            set kind any
        case 'train classify --problem-type'
            set count 1
            set kind choice
            set choices 'single' 'multi' 'regression'
        case 'train classify --config'
            set count 1
            set kind any
        case 'train classify --split'
            set count 1
            set kind any
        case 'train classify --eval-data'
            set count 1
            set kind files
        case 'train classify --eval-split'
            set count 1
            set kind any
        case 'train classify --column'
            set count 1
            set kind any
        case 'train classify --max-samples'
            set count 1
            set kind any
        case 'train classify --peft'
            set count 1
            set kind choice
            set choices 'none' 'adalora' 'adamss' 'adaption_prompt' 'beft' 'boft' 'c3a' 'cartridge' 'cpt' 'deft' 'delora' 'dora' 'eva' 'fourierft' 'frod' 'glora' 'gralora' 'hira' 'hra' 'ia3' 'lily' 'ln_tuning' 'loftq' 'loha' 'lokr' 'lora' 'miss' 'multitask_prompt_tuning' 'oft' 'olora' 'osf' 'p_tuning' 'peanut' 'pissa' 'poly' 'prefix_tuning' 'prompt_tuning' 'psoft' 'pvera' 'randlora' 'road' 'rslora' 'shadow' 'shira' 'supertuning' 'tinylora' 'trainable_tokens' 'unilora' 'vblora' 'vera' 'waveft' 'xlora'
        case 'train classify --peft-set'
            set count 1
            set kind peftkeys
        case 'train classify --load-in'
            set count 1
            set kind choice
            set choices '4bit' '8bit'
        case 'train classify --learning-rate'
            set count 1
            set kind any
        case 'train classify --num-train-epochs'
            set count 1
            set kind any
        case 'train classify --max-steps'
            set count 1
            set kind any
        case 'train classify --per-device-train-batch-size'
            set count 1
            set kind any
        case 'train classify --gradient-accumulation-steps'
            set count 1
            set kind any
        case 'train classify --warmup-steps'
            set count 1
            set kind any
        case 'train classify --lr-scheduler-type'
            set count 1
            set kind choice
            set choices 'linear' 'cosine' 'cosine_with_restarts' 'polynomial' 'constant' 'constant_with_warmup' 'inverse_sqrt' 'reduce_lr_on_plateau' 'cosine_with_min_lr' 'cosine_warmup_with_min_lr' 'warmup_stable_decay' 'greedy'
        case 'train classify --weight-decay'
            set count 1
            set kind any
        case 'train classify --save-steps'
            set count 1
            set kind any
        case 'train classify --keep'
            set count 1
            set kind any
        case 'train classify --logging-steps'
            set count 1
            set kind any
        case 'train classify --eval-steps'
            set count 1
            set kind any
        case 'train classify --seed'
            set count 1
            set kind any
        case 'train classify --device'
            set count 1
            set kind choice
            set choices 'auto' 'cpu' 'cuda' 'mps'
        case 'train classify --launch'
            set count 1
            set kind any
        case 'train classify --gpus'
            set count 1
            set kind any
        case 'train classify --nproc'
            set count 1
            set kind any
        case 'train classify --nodes'
            set count 1
            set kind files
        case 'train classify --zero'
            set count 1
            set kind any
        case 'train classify --offload'
            set count 1
            set kind any
        case 'train classify --max-restarts'
            set count 1
            set kind any
        case 'train classify --dtype'
            set count 1
            set kind choice
            set choices 'float32' 'bfloat16' 'float16'
        case 'train classify --report-to'
            set count 1
            set kind any
        case 'train classify --hub-strategy'
            set count 1
            set kind choice
            set choices 'end' 'every_save' 'checkpoint' 'all_checkpoints'
        case 'train classify --set'
            set count 1
            set kind fieldkeys
        case 'train classify --after'
            set count 1
            set kind runs
        case 'train classify --after-any'
            set count 1
            set kind runs
        case 'train classify --when-free'
            set count 1
            set kind any
        case 'train classify --retries'
            set count 1
            set kind any
        case 'train classify --notify'
            set count 1
            set kind commands
        case 'train classify --push'
            set count 1
            set kind repos
        case 'train classify -f' 'train classify --format'
            set count 1
            set kind choice
            set choices 'table' 'jsonl' 'json' 'csv' 'tsv' 'yaml' 'quiet'
        case 'train classify --progress'
            set count 1
            set kind choice
            set choices 'auto' 'bar' 'plain' 'jsonl' 'none'
        case 'train tag --name'
            set count 1
            set kind runs
        case 'train tag --metric'
            set count 1
            set kind any
        case 'train tag --max-length'
            set count 1
            set kind any
        case 'train tag --config'
            set count 1
            set kind any
        case 'train tag --split'
            set count 1
            set kind any
        case 'train tag --eval-data'
            set count 1
            set kind files
        case 'train tag --eval-split'
            set count 1
            set kind any
        case 'train tag --column'
            set count 1
            set kind any
        case 'train tag --max-samples'
            set count 1
            set kind any
        case 'train tag --peft'
            set count 1
            set kind choice
            set choices 'none' 'adalora' 'adamss' 'adaption_prompt' 'beft' 'boft' 'c3a' 'cartridge' 'cpt' 'deft' 'delora' 'dora' 'eva' 'fourierft' 'frod' 'glora' 'gralora' 'hira' 'hra' 'ia3' 'lily' 'ln_tuning' 'loftq' 'loha' 'lokr' 'lora' 'miss' 'multitask_prompt_tuning' 'oft' 'olora' 'osf' 'p_tuning' 'peanut' 'pissa' 'poly' 'prefix_tuning' 'prompt_tuning' 'psoft' 'pvera' 'randlora' 'road' 'rslora' 'shadow' 'shira' 'supertuning' 'tinylora' 'trainable_tokens' 'unilora' 'vblora' 'vera' 'waveft' 'xlora'
        case 'train tag --peft-set'
            set count 1
            set kind peftkeys
        case 'train tag --load-in'
            set count 1
            set kind choice
            set choices '4bit' '8bit'
        case 'train tag --learning-rate'
            set count 1
            set kind any
        case 'train tag --num-train-epochs'
            set count 1
            set kind any
        case 'train tag --max-steps'
            set count 1
            set kind any
        case 'train tag --per-device-train-batch-size'
            set count 1
            set kind any
        case 'train tag --gradient-accumulation-steps'
            set count 1
            set kind any
        case 'train tag --warmup-steps'
            set count 1
            set kind any
        case 'train tag --lr-scheduler-type'
            set count 1
            set kind choice
            set choices 'linear' 'cosine' 'cosine_with_restarts' 'polynomial' 'constant' 'constant_with_warmup' 'inverse_sqrt' 'reduce_lr_on_plateau' 'cosine_with_min_lr' 'cosine_warmup_with_min_lr' 'warmup_stable_decay' 'greedy'
        case 'train tag --weight-decay'
            set count 1
            set kind any
        case 'train tag --save-steps'
            set count 1
            set kind any
        case 'train tag --keep'
            set count 1
            set kind any
        case 'train tag --logging-steps'
            set count 1
            set kind any
        case 'train tag --eval-steps'
            set count 1
            set kind any
        case 'train tag --seed'
            set count 1
            set kind any
        case 'train tag --device'
            set count 1
            set kind choice
            set choices 'auto' 'cpu' 'cuda' 'mps'
        case 'train tag --launch'
            set count 1
            set kind any
        case 'train tag --gpus'
            set count 1
            set kind any
        case 'train tag --nproc'
            set count 1
            set kind any
        case 'train tag --nodes'
            set count 1
            set kind files
        case 'train tag --zero'
            set count 1
            set kind any
        case 'train tag --offload'
            set count 1
            set kind any
        case 'train tag --max-restarts'
            set count 1
            set kind any
        case 'train tag --dtype'
            set count 1
            set kind choice
            set choices 'float32' 'bfloat16' 'float16'
        case 'train tag --report-to'
            set count 1
            set kind any
        case 'train tag --hub-strategy'
            set count 1
            set kind choice
            set choices 'end' 'every_save' 'checkpoint' 'all_checkpoints'
        case 'train tag --set'
            set count 1
            set kind fieldkeys
        case 'train tag --after'
            set count 1
            set kind runs
        case 'train tag --after-any'
            set count 1
            set kind runs
        case 'train tag --when-free'
            set count 1
            set kind any
        case 'train tag --retries'
            set count 1
            set kind any
        case 'train tag --notify'
            set count 1
            set kind commands
        case 'train tag --push'
            set count 1
            set kind repos
        case 'train tag -f' 'train tag --format'
            set count 1
            set kind choice
            set choices 'table' 'jsonl' 'json' 'csv' 'tsv' 'yaml' 'quiet'
        case 'train tag --progress'
            set count 1
            set kind choice
            set choices 'auto' 'bar' 'plain' 'jsonl' 'none'
        case 'train image --name'
            set count 1
            set kind runs
        case 'train image --metric'
            set count 1
            set kind any
        case 'train image --config'
            set count 1
            set kind any
        case 'train image --split'
            set count 1
            set kind any
        case 'train image --eval-data'
            set count 1
            set kind files
        case 'train image --eval-split'
            set count 1
            set kind any
        case 'train image --column'
            set count 1
            set kind any
        case 'train image --max-samples'
            set count 1
            set kind any
        case 'train image --peft'
            set count 1
            set kind choice
            set choices 'none' 'adalora' 'adamss' 'adaption_prompt' 'beft' 'boft' 'c3a' 'cartridge' 'cpt' 'deft' 'delora' 'dora' 'eva' 'fourierft' 'frod' 'glora' 'gralora' 'hira' 'hra' 'ia3' 'lily' 'ln_tuning' 'loftq' 'loha' 'lokr' 'lora' 'miss' 'multitask_prompt_tuning' 'oft' 'olora' 'osf' 'p_tuning' 'peanut' 'pissa' 'poly' 'prefix_tuning' 'prompt_tuning' 'psoft' 'pvera' 'randlora' 'road' 'rslora' 'shadow' 'shira' 'supertuning' 'tinylora' 'trainable_tokens' 'unilora' 'vblora' 'vera' 'waveft' 'xlora'
        case 'train image --peft-set'
            set count 1
            set kind peftkeys
        case 'train image --load-in'
            set count 1
            set kind choice
            set choices '4bit' '8bit'
        case 'train image --learning-rate'
            set count 1
            set kind any
        case 'train image --num-train-epochs'
            set count 1
            set kind any
        case 'train image --max-steps'
            set count 1
            set kind any
        case 'train image --per-device-train-batch-size'
            set count 1
            set kind any
        case 'train image --gradient-accumulation-steps'
            set count 1
            set kind any
        case 'train image --warmup-steps'
            set count 1
            set kind any
        case 'train image --lr-scheduler-type'
            set count 1
            set kind choice
            set choices 'linear' 'cosine' 'cosine_with_restarts' 'polynomial' 'constant' 'constant_with_warmup' 'inverse_sqrt' 'reduce_lr_on_plateau' 'cosine_with_min_lr' 'cosine_warmup_with_min_lr' 'warmup_stable_decay' 'greedy'
        case 'train image --weight-decay'
            set count 1
            set kind any
        case 'train image --save-steps'
            set count 1
            set kind any
        case 'train image --keep'
            set count 1
            set kind any
        case 'train image --logging-steps'
            set count 1
            set kind any
        case 'train image --eval-steps'
            set count 1
            set kind any
        case 'train image --seed'
            set count 1
            set kind any
        case 'train image --device'
            set count 1
            set kind choice
            set choices 'auto' 'cpu' 'cuda' 'mps'
        case 'train image --launch'
            set count 1
            set kind any
        case 'train image --gpus'
            set count 1
            set kind any
        case 'train image --nproc'
            set count 1
            set kind any
        case 'train image --nodes'
            set count 1
            set kind files
        case 'train image --zero'
            set count 1
            set kind any
        case 'train image --offload'
            set count 1
            set kind any
        case 'train image --max-restarts'
            set count 1
            set kind any
        case 'train image --dtype'
            set count 1
            set kind choice
            set choices 'float32' 'bfloat16' 'float16'
        case 'train image --report-to'
            set count 1
            set kind any
        case 'train image --hub-strategy'
            set count 1
            set kind choice
            set choices 'end' 'every_save' 'checkpoint' 'all_checkpoints'
        case 'train image --set'
            set count 1
            set kind fieldkeys
        case 'train image --after'
            set count 1
            set kind runs
        case 'train image --after-any'
            set count 1
            set kind runs
        case 'train image --when-free'
            set count 1
            set kind any
        case 'train image --retries'
            set count 1
            set kind any
        case 'train image --notify'
            set count 1
            set kind commands
        case 'train image --push'
            set count 1
            set kind repos
        case 'train image -f' 'train image --format'
            set count 1
            set kind choice
            set choices 'table' 'jsonl' 'json' 'csv' 'tsv' 'yaml' 'quiet'
        case 'train image --progress'
            set count 1
            set kind choice
            set choices 'auto' 'bar' 'plain' 'jsonl' 'none'
        case 'train audio --name'
            set count 1
            set kind runs
        case 'train audio --metric'
            set count 1
            set kind any
        case 'train audio --max-seconds'
            set count 1
            set kind any
        case 'train audio --config'
            set count 1
            set kind any
        case 'train audio --split'
            set count 1
            set kind any
        case 'train audio --eval-data'
            set count 1
            set kind files
        case 'train audio --eval-split'
            set count 1
            set kind any
        case 'train audio --column'
            set count 1
            set kind any
        case 'train audio --max-samples'
            set count 1
            set kind any
        case 'train audio --peft'
            set count 1
            set kind choice
            set choices 'none' 'adalora' 'adamss' 'adaption_prompt' 'beft' 'boft' 'c3a' 'cartridge' 'cpt' 'deft' 'delora' 'dora' 'eva' 'fourierft' 'frod' 'glora' 'gralora' 'hira' 'hra' 'ia3' 'lily' 'ln_tuning' 'loftq' 'loha' 'lokr' 'lora' 'miss' 'multitask_prompt_tuning' 'oft' 'olora' 'osf' 'p_tuning' 'peanut' 'pissa' 'poly' 'prefix_tuning' 'prompt_tuning' 'psoft' 'pvera' 'randlora' 'road' 'rslora' 'shadow' 'shira' 'supertuning' 'tinylora' 'trainable_tokens' 'unilora' 'vblora' 'vera' 'waveft' 'xlora'
        case 'train audio --peft-set'
            set count 1
            set kind peftkeys
        case 'train audio --load-in'
            set count 1
            set kind choice
            set choices '4bit' '8bit'
        case 'train audio --learning-rate'
            set count 1
            set kind any
        case 'train audio --num-train-epochs'
            set count 1
            set kind any
        case 'train audio --max-steps'
            set count 1
            set kind any
        case 'train audio --per-device-train-batch-size'
            set count 1
            set kind any
        case 'train audio --gradient-accumulation-steps'
            set count 1
            set kind any
        case 'train audio --warmup-steps'
            set count 1
            set kind any
        case 'train audio --lr-scheduler-type'
            set count 1
            set kind choice
            set choices 'linear' 'cosine' 'cosine_with_restarts' 'polynomial' 'constant' 'constant_with_warmup' 'inverse_sqrt' 'reduce_lr_on_plateau' 'cosine_with_min_lr' 'cosine_warmup_with_min_lr' 'warmup_stable_decay' 'greedy'
        case 'train audio --weight-decay'
            set count 1
            set kind any
        case 'train audio --save-steps'
            set count 1
            set kind any
        case 'train audio --keep'
            set count 1
            set kind any
        case 'train audio --logging-steps'
            set count 1
            set kind any
        case 'train audio --eval-steps'
            set count 1
            set kind any
        case 'train audio --seed'
            set count 1
            set kind any
        case 'train audio --device'
            set count 1
            set kind choice
            set choices 'auto' 'cpu' 'cuda' 'mps'
        case 'train audio --launch'
            set count 1
            set kind any
        case 'train audio --gpus'
            set count 1
            set kind any
        case 'train audio --nproc'
            set count 1
            set kind any
        case 'train audio --nodes'
            set count 1
            set kind files
        case 'train audio --zero'
            set count 1
            set kind any
        case 'train audio --offload'
            set count 1
            set kind any
        case 'train audio --max-restarts'
            set count 1
            set kind any
        case 'train audio --dtype'
            set count 1
            set kind choice
            set choices 'float32' 'bfloat16' 'float16'
        case 'train audio --report-to'
            set count 1
            set kind any
        case 'train audio --hub-strategy'
            set count 1
            set kind choice
            set choices 'end' 'every_save' 'checkpoint' 'all_checkpoints'
        case 'train audio --set'
            set count 1
            set kind fieldkeys
        case 'train audio --after'
            set count 1
            set kind runs
        case 'train audio --after-any'
            set count 1
            set kind runs
        case 'train audio --when-free'
            set count 1
            set kind any
        case 'train audio --retries'
            set count 1
            set kind any
        case 'train audio --notify'
            set count 1
            set kind commands
        case 'train audio --push'
            set count 1
            set kind repos
        case 'train audio -f' 'train audio --format'
            set count 1
            set kind choice
            set choices 'table' 'jsonl' 'json' 'csv' 'tsv' 'yaml' 'quiet'
        case 'train audio --progress'
            set count 1
            set kind choice
            set choices 'auto' 'bar' 'plain' 'jsonl' 'none'
        case 'train launch --nproc'
            set count 1
            set kind any
        case 'train launch --gpus'
            set count 1
            set kind any
        case 'train launch --nodes'
            set count 1
            set kind files
        case 'train launch --nnodes'
            set count 1
            set kind any
        case 'train launch --node-rank'
            set count 1
            set kind any
        case 'train launch --rdzv'
            set count 1
            set kind any
        case 'train launch --mixed-precision'
            set count 1
            set kind choice
            set choices 'no' 'bf16' 'fp16' 'fp8'
        case 'train launch --zero'
            set count 1
            set kind any
        case 'train launch --offload'
            set count 1
            set kind any
        case 'train launch --max-restarts'
            set count 1
            set kind any
        case 'train launch --config'
            set count 1
            set kind files
        case 'train launch --log-dir'
            set count 1
            set kind folders
        case 'train launch --name'
            set count 1
            set kind runs
        case 'train launch --after'
            set count 1
            set kind runs
        case 'train launch --after-any'
            set count 1
            set kind runs
        case 'train launch --when-free'
            set count 1
            set kind any
        case 'train launch --retries'
            set count 1
            set kind any
        case 'train launch --notify'
            set count 1
            set kind commands
        case 'train launch -f' 'train launch --format'
            set count 1
            set kind choice
            set choices 'table' 'jsonl' 'json' 'csv' 'tsv' 'yaml' 'quiet'
        case 'train sbatch --nodes'
            set count 1
            set kind any
        case 'train sbatch --gpus'
            set count 1
            set kind any
        case 'train sbatch --cpus'
            set count 1
            set kind any
        case 'train sbatch --mem'
            set count 1
            set kind any
        case 'train sbatch --time'
            set count 1
            set kind any
        case 'train sbatch --partition'
            set count 1
            set kind any
        case 'train sbatch --account'
            set count 1
            set kind any
        case 'train sbatch --job-name'
            set count 1
            set kind any
        case 'train sbatch --before'
            set count 1
            set kind any
        case 'train sbatch --set'
            set count 1
            set kind any
        case 'train sbatch --setup'
            set count 1
            set kind any
        case 'train sbatch -o' 'train sbatch --output'
            set count 1
            set kind files
        case 'train run --set'
            set count 1
            set kind recipekeys
        case 'train run --name'
            set count 1
            set kind runs
        case 'train run --after'
            set count 1
            set kind runs
        case 'train run --after-any'
            set count 1
            set kind runs
        case 'train run --when-free'
            set count 1
            set kind any
        case 'train run --retries'
            set count 1
            set kind any
        case 'train run --notify'
            set count 1
            set kind commands
        case 'train run --push'
            set count 1
            set kind repos
        case 'train run -f' 'train run --format'
            set count 1
            set kind choice
            set choices 'table' 'jsonl' 'json' 'csv' 'tsv' 'yaml' 'quiet'
        case 'train run --progress'
            set count 1
            set kind choice
            set choices 'auto' 'bar' 'plain' 'jsonl' 'none'
        case 'train sweep --grid'
            set count 1
            set kind recipekeys
        case 'train sweep --set'
            set count 1
            set kind recipekeys
        case 'train sweep --name'
            set count 1
            set kind any
        case 'train sweep --random'
            set count 1
            set kind any
        case 'train sweep --sort'
            set count 1
            set kind any
        case 'train sweep --after'
            set count 1
            set kind runs
        case 'train sweep --after-any'
            set count 1
            set kind runs
        case 'train sweep --when-free'
            set count 1
            set kind any
        case 'train sweep --retries'
            set count 1
            set kind any
        case 'train sweep --notify'
            set count 1
            set kind commands
        case 'train sweep --push'
            set count 1
            set kind repos
        case 'train sweep -f' 'train sweep --format'
            set count 1
            set kind choice
            set choices 'table' 'jsonl' 'json' 'csv' 'tsv' 'yaml' 'quiet'
        case 'train sweep --progress'
            set count 1
            set kind choice
            set choices 'auto' 'bar' 'plain' 'jsonl' 'none'
        case 'train init -o' 'train init --output'
            set count 1
            set kind files
        case 'train init -f' 'train init --format'
            set count 1
            set kind choice
            set choices 'table' 'jsonl' 'json' 'csv' 'tsv' 'yaml' 'quiet'
        case 'train schema --search'
            set count 1
            set kind any
        case 'train schema -f' 'train schema --format'
            set count 1
            set kind choice
            set choices 'table' 'jsonl' 'json' 'csv' 'tsv' 'yaml' 'quiet'
        case 'train validate -f' 'train validate --format'
            set count 1
            set kind choice
            set choices 'table' 'jsonl' 'json' 'csv' 'tsv' 'yaml' 'quiet'
        case 'train plan --set'
            set count 1
            set kind recipekeys
        case 'train plan --gpus'
            set count 1
            set kind any
        case 'train plan --host'
            set count 1
            set kind any
        case 'train plan --fit'
            set count 1
            set kind choice
            set choices 'all' 'auto'
        case 'train plan -f' 'train plan --format'
            set count 1
            set kind choice
            set choices 'table' 'jsonl' 'json' 'csv' 'tsv' 'yaml' 'quiet'
        case 'train ls -f' 'train ls --format'
            set count 1
            set kind choice
            set choices 'table' 'jsonl' 'json' 'csv' 'tsv' 'yaml' 'quiet'
        case 'train show -f' 'train show --format'
            set count 1
            set kind choice
            set choices 'table' 'jsonl' 'json' 'csv' 'tsv' 'yaml' 'quiet'
        case 'train logs -n' 'train logs --lines'
            set count 1
            set kind any
        case 'train logs -f' 'train logs --format'
            set count 1
            set kind choice
            set choices 'table' 'jsonl' 'json' 'csv' 'tsv' 'yaml' 'quiet'
        case 'train attach -n' 'train attach --lines'
            set count 1
            set kind any
        case 'train attach -f' 'train attach --format'
            set count 1
            set kind choice
            set choices 'table' 'jsonl' 'json' 'csv' 'tsv' 'yaml' 'quiet'
        case 'train attach --progress'
            set count 1
            set kind choice
            set choices 'auto' 'bar' 'plain' 'jsonl' 'none'
        case 'train compare -f' 'train compare --format'
            set count 1
            set kind choice
            set choices 'table' 'jsonl' 'json' 'csv' 'tsv' 'yaml' 'quiet'
        case 'train plot --metric'
            set count 1
            set kind any
        case 'train plot --smooth'
            set count 1
            set kind any
        case 'train plot --from'
            set count 1
            set kind any
        case 'train plot --to'
            set count 1
            set kind any
        case 'train plot --width'
            set count 1
            set kind any
        case 'train plot --height'
            set count 1
            set kind any
        case 'train plot -f' 'train plot --format'
            set count 1
            set kind choice
            set choices 'table' 'jsonl' 'json' 'csv' 'tsv' 'yaml' 'quiet'
        case 'train stop --grace'
            set count 1
            set kind any
        case 'train stop -f' 'train stop --format'
            set count 1
            set kind choice
            set choices 'table' 'jsonl' 'json' 'csv' 'tsv' 'yaml' 'quiet'
        case 'train resume --after'
            set count 1
            set kind runs
        case 'train resume --after-any'
            set count 1
            set kind runs
        case 'train resume --when-free'
            set count 1
            set kind any
        case 'train resume --retries'
            set count 1
            set kind any
        case 'train resume --notify'
            set count 1
            set kind commands
        case 'train resume --push'
            set count 1
            set kind repos
        case 'train resume -f' 'train resume --format'
            set count 1
            set kind choice
            set choices 'table' 'jsonl' 'json' 'csv' 'tsv' 'yaml' 'quiet'
        case 'train push --checkpoint'
            set count 1
            set kind any
        case 'train push -m' 'train push --message'
            set count 1
            set kind any
        case 'train push -f' 'train push --format'
            set count 1
            set kind choice
            set choices 'table' 'jsonl' 'json' 'csv' 'tsv' 'yaml' 'quiet'
        case 'train push --progress'
            set count 1
            set kind choice
            set choices 'auto' 'bar' 'plain' 'jsonl' 'none'
        case 'train note -f' 'train note --format'
            set count 1
            set kind choice
            set choices 'table' 'jsonl' 'json' 'csv' 'tsv' 'yaml' 'quiet'
        case 'train rm -f' 'train rm --format'
            set count 1
            set kind choice
            set choices 'table' 'jsonl' 'json' 'csv' 'tsv' 'yaml' 'quiet'
        case 'peft methods -f' 'peft methods --format'
            set count 1
            set kind choice
            set choices 'table' 'jsonl' 'json' 'csv' 'tsv' 'yaml' 'quiet'
        case 'peft params --peft'
            set count 1
            set kind choice
            set choices 'none' 'adalora' 'adamss' 'adaption_prompt' 'beft' 'boft' 'c3a' 'cartridge' 'cpt' 'deft' 'delora' 'dora' 'eva' 'fourierft' 'frod' 'glora' 'gralora' 'hira' 'hra' 'ia3' 'lily' 'ln_tuning' 'loftq' 'loha' 'lokr' 'lora' 'miss' 'multitask_prompt_tuning' 'oft' 'olora' 'osf' 'p_tuning' 'peanut' 'pissa' 'poly' 'prefix_tuning' 'prompt_tuning' 'psoft' 'pvera' 'randlora' 'road' 'rslora' 'shadow' 'shira' 'supertuning' 'tinylora' 'trainable_tokens' 'unilora' 'vblora' 'vera' 'waveft' 'xlora'
        case 'peft params --peft-set'
            set count 1
            set kind peftkeys
        case 'peft params --task'
            set count 1
            set kind choice
            set choices 'clm' 'seq2seq' 'classify' 'tag' 'qa' 'features'
        case 'peft params -f' 'peft params --format'
            set count 1
            set kind choice
            set choices 'table' 'jsonl' 'json' 'csv' 'tsv' 'yaml' 'quiet'
        case 'peft plan --recipe'
            set count 1
            set kind files
        case 'peft plan --peft'
            set count 1
            set kind choice
            set choices 'none' 'adalora' 'adamss' 'adaption_prompt' 'beft' 'boft' 'c3a' 'cartridge' 'cpt' 'deft' 'delora' 'dora' 'eva' 'fourierft' 'frod' 'glora' 'gralora' 'hira' 'hra' 'ia3' 'lily' 'ln_tuning' 'loftq' 'loha' 'lokr' 'lora' 'miss' 'multitask_prompt_tuning' 'oft' 'olora' 'osf' 'p_tuning' 'peanut' 'pissa' 'poly' 'prefix_tuning' 'prompt_tuning' 'psoft' 'pvera' 'randlora' 'road' 'rslora' 'shadow' 'shira' 'supertuning' 'tinylora' 'trainable_tokens' 'unilora' 'vblora' 'vera' 'waveft' 'xlora'
        case 'peft plan --peft-set'
            set count 1
            set kind peftkeys
        case 'peft plan --batch'
            set count 1
            set kind any
        case 'peft plan --max-length'
            set count 1
            set kind any
        case 'peft plan --gpus'
            set count 1
            set kind any
        case 'peft plan --host'
            set count 1
            set kind any
        case 'peft plan --fit'
            set count 1
            set kind choice
            set choices 'plain' 'auto'
        case 'peft plan -f' 'peft plan --format'
            set count 1
            set kind choice
            set choices 'table' 'jsonl' 'json' 'csv' 'tsv' 'yaml' 'quiet'
        case 'peft info --base'
            set count 1
            set kind models
        case 'peft info -f' 'peft info --format'
            set count 1
            set kind choice
            set choices 'table' 'jsonl' 'json' 'csv' 'tsv' 'yaml' 'quiet'
        case 'peft info --progress'
            set count 1
            set kind choice
            set choices 'auto' 'bar' 'plain' 'jsonl' 'none'
        case 'peft convert --to'
            set count 1
            set kind choice
            set choices 'peft' 'gguf' 'kohya' 'diffusers' 'adapters'
        case 'peft convert -o' 'peft convert --output'
            set count 1
            set kind files
        case 'peft convert --base'
            set count 1
            set kind models
        case 'peft convert --dtype'
            set count 1
            set kind choice
            set choices 'float32' 'float16'
        case 'peft convert --part'
            set count 1
            set kind choice
            set choices 'unet' 'transformer' 'text_encoder' 'text_encoder_2' 'text_encoder_3'
        case 'peft convert -f' 'peft convert --format'
            set count 1
            set kind choice
            set choices 'table' 'jsonl' 'json' 'csv' 'tsv' 'yaml' 'quiet'
        case 'peft convert --progress'
            set count 1
            set kind choice
            set choices 'auto' 'bar' 'plain' 'jsonl' 'none'
        case 'peft merge -o' 'peft merge --output'
            set count 1
            set kind folders
        case 'peft merge --base'
            set count 1
            set kind models
        case 'peft merge --dtype'
            set count 1
            set kind choice
            set choices 'float32' 'bfloat16' 'float16'
        case 'peft merge --max-shard-size'
            set count 1
            set kind any
        case 'peft merge --verify'
            set count 1
            set kind choice
            set choices 'full' 'layers' 'none'
        case 'peft merge --device'
            set count 1
            set kind choice
            set choices 'auto' 'cpu' 'cuda' 'mps'
        case 'peft merge -f' 'peft merge --format'
            set count 1
            set kind choice
            set choices 'table' 'jsonl' 'json' 'csv' 'tsv' 'yaml' 'quiet'
        case 'peft merge --progress'
            set count 1
            set kind choice
            set choices 'auto' 'bar' 'plain' 'jsonl' 'none'
        case 'peft unload --adapter'
            set count 1
            set kind adapters
        case 'peft unload --base'
            set count 1
            set kind models
        case 'peft unload -o' 'peft unload --output'
            set count 1
            set kind folders
        case 'peft unload --max-shard-size'
            set count 1
            set kind any
        case 'peft unload -f' 'peft unload --format'
            set count 1
            set kind choice
            set choices 'table' 'jsonl' 'json' 'csv' 'tsv' 'yaml' 'quiet'
        case 'peft unload --progress'
            set count 1
            set kind choice
            set choices 'auto' 'bar' 'plain' 'jsonl' 'none'
        case 'peft combine -o' 'peft combine --output'
            set count 1
            set kind folders
        case 'peft combine --how'
            set count 1
            set kind choice
            set choices 'svd' 'linear' 'cat' 'ties' 'ties_svd' 'dare_ties' 'dare_linear' 'dare_ties_svd' 'dare_linear_svd' 'magnitude_prune' 'magnitude_prune_svd'
        case 'peft combine --density'
            set count 1
            set kind any
        case 'peft combine --rank'
            set count 1
            set kind any
        case 'peft combine --majority-sign-method'
            set count 1
            set kind choice
            set choices 'total' 'frequency'
        case 'peft combine --seed'
            set count 1
            set kind any
        case 'peft combine --base'
            set count 1
            set kind models
        case 'peft combine -f' 'peft combine --format'
            set count 1
            set kind choice
            set choices 'table' 'jsonl' 'json' 'csv' 'tsv' 'yaml' 'quiet'
        case 'peft diff --limit'
            set count 1
            set kind any
        case 'peft diff -f' 'peft diff --format'
            set count 1
            set kind choice
            set choices 'table' 'jsonl' 'json' 'csv' 'tsv' 'yaml' 'quiet'
        case 'peft diff --progress'
            set count 1
            set kind choice
            set choices 'auto' 'bar' 'plain' 'jsonl' 'none'
        case 'peft rescale -o' 'peft rescale --output'
            set count 1
            set kind folders
        case 'peft rescale --scale'
            set count 1
            set kind any
        case 'peft rescale --alpha'
            set count 1
            set kind any
        case 'peft rescale --rank'
            set count 1
            set kind any
        case 'peft rescale -f' 'peft rescale --format'
            set count 1
            set kind choice
            set choices 'table' 'jsonl' 'json' 'csv' 'tsv' 'yaml' 'quiet'
        case 'peft extract -o' 'peft extract --output'
            set count 1
            set kind folders
        case 'peft extract --rank'
            set count 1
            set kind any
        case 'peft extract --targets'
            set count 1
            set kind any
        case 'peft extract -f' 'peft extract --format'
            set count 1
            set kind choice
            set choices 'table' 'jsonl' 'json' 'csv' 'tsv' 'yaml' 'quiet'
        case 'peft extract --progress'
            set count 1
            set kind choice
            set choices 'auto' 'bar' 'plain' 'jsonl' 'none'
        case 'peft add -o' 'peft add --output'
            set count 1
            set kind folders
        case 'peft add --peft'
            set count 1
            set kind choice
            set choices 'none' 'adalora' 'adamss' 'adaption_prompt' 'beft' 'boft' 'c3a' 'cartridge' 'cpt' 'deft' 'delora' 'dora' 'eva' 'fourierft' 'frod' 'glora' 'gralora' 'hira' 'hra' 'ia3' 'lily' 'ln_tuning' 'loftq' 'loha' 'lokr' 'lora' 'miss' 'multitask_prompt_tuning' 'oft' 'olora' 'osf' 'p_tuning' 'peanut' 'pissa' 'poly' 'prefix_tuning' 'prompt_tuning' 'psoft' 'pvera' 'randlora' 'road' 'rslora' 'shadow' 'shira' 'supertuning' 'tinylora' 'trainable_tokens' 'unilora' 'vblora' 'vera' 'waveft' 'xlora'
        case 'peft add --peft-set'
            set count 1
            set kind peftkeys
        case 'peft add --task'
            set count 1
            set kind choice
            set choices 'clm' 'seq2seq' 'classify' 'tag' 'qa' 'features'
        case 'peft add --seed'
            set count 1
            set kind any
        case 'peft add -f' 'peft add --format'
            set count 1
            set kind choice
            set choices 'table' 'jsonl' 'json' 'csv' 'tsv' 'yaml' 'quiet'
        case 'chat -p' 'chat --prompt'
            set count 1
            set kind any
        case 'chat --system'
            set count 1
            set kind any
        case 'chat --max-new-tokens'
            set count 1
            set kind any
        case 'chat --temperature'
            set count 1
            set kind any
        case 'chat --top-p'
            set count 1
            set kind any
        case 'chat --seed'
            set count 1
            set kind any
        case 'chat --device'
            set count 1
            set kind choice
            set choices 'auto' 'cpu' 'cuda' 'mps'
        case 'chat --url'
            set count 1
            set kind any
        case 'chat --session'
            set count 1
            set kind any
        case 'chat --search'
            set count 1
            set kind any
        case 'chat -n' 'chat --limit'
            set count 1
            set kind any
        case 'chat --export'
            set count 1
            set kind any
        case 'chat -o' 'chat --output'
            set count 1
            set kind files
        case 'chat --delete'
            set count 1
            set kind any
        case 'chat -f' 'chat --format'
            set count 1
            set kind choice
            set choices 'table' 'jsonl' 'json' 'csv' 'tsv' 'yaml' 'quiet'
        case 'mem --for'
            set count 1
            set kind choice
            set choices 'training' 'inference'
        case 'mem --task'
            set count 1
            set kind choice
            set choices 'clm' 'seq2seq' 'classify' 'tag' 'qa' 'mlm' 'image' 'audio' 'features'
        case 'mem --peft'
            set count 1
            set kind choice
            set choices 'none' 'adalora' 'adamss' 'adaption_prompt' 'beft' 'boft' 'c3a' 'cartridge' 'cpt' 'deft' 'delora' 'dora' 'eva' 'fourierft' 'frod' 'glora' 'gralora' 'hira' 'hra' 'ia3' 'lily' 'ln_tuning' 'loftq' 'loha' 'lokr' 'lora' 'miss' 'multitask_prompt_tuning' 'oft' 'olora' 'osf' 'p_tuning' 'peanut' 'pissa' 'poly' 'prefix_tuning' 'prompt_tuning' 'psoft' 'pvera' 'randlora' 'road' 'rslora' 'shadow' 'shira' 'supertuning' 'tinylora' 'trainable_tokens' 'unilora' 'vblora' 'vera' 'waveft' 'xlora'
        case 'mem --peft-set'
            set count 1
            set kind peftkeys
        case 'mem --per-device-train-batch-size' 'mem --batch'
            set count 1
            set kind any
        case 'mem --max-length'
            set count 1
            set kind any
        case 'mem --target-length'
            set count 1
            set kind any
        case 'mem --gradient-accumulation-steps'
            set count 1
            set kind any
        case 'mem --dtype'
            set count 1
            set kind choice
            set choices 'float32' 'bfloat16' 'float16'
        case 'mem --attn'
            set count 1
            set kind choice
            set choices 'eager' 'sdpa' 'flash_attention_2'
        case 'mem --optim'
            set count 1
            set kind choice
            set choices 'adamw_torch_fused' 'adamw_torch' 'adamw_8bit' 'adafactor' 'adagrad' 'rmsprop' 'sgd'
        case 'mem --load-in'
            set count 1
            set kind choice
            set choices '4bit' '8bit'
        case 'mem --zero'
            set count 1
            set kind choice
            set choices '1' '2' '3'
        case 'mem --offload'
            set count 1
            set kind any
        case 'mem --gpus'
            set count 1
            set kind any
        case 'mem --host'
            set count 1
            set kind any
        case 'mem --fit'
            set count 1
            set kind choice
            set choices 'all' 'auto'
        case 'mem -f' 'mem --format'
            set count 1
            set kind choice
            set choices 'table' 'jsonl' 'json' 'csv' 'tsv' 'yaml' 'quiet'
        case 'eval --metric'
            set count 1
            set kind any
        case 'eval --prediction'
            set count 1
            set kind any
        case 'eval --reference'
            set count 1
            set kind any
        case 'eval --against'
            set count 1
            set kind any
        case 'eval --average'
            set count 1
            set kind choice
            set choices 'binary' 'macro' 'micro' 'weighted'
        case 'eval --positive'
            set count 1
            set kind any
        case 'eval --input-format'
            set count 1
            set kind choice
            set choices 'jsonl' 'json' 'csv' 'tsv' 'text' 'parquet' 'arrow'
        case 'eval --model'
            set count 1
            set kind models
        case 'eval --task'
            set count 1
            set kind choice
            set choices 'none' 'adalora' 'adamss' 'adaption_prompt' 'beft' 'boft' 'c3a' 'cartridge' 'cpt' 'deft' 'delora' 'dora' 'eva' 'fourierft' 'frod' 'glora' 'gralora' 'hira' 'hra' 'ia3' 'lily' 'ln_tuning' 'loftq' 'loha' 'lokr' 'lora' 'miss' 'multitask_prompt_tuning' 'oft' 'olora' 'osf' 'p_tuning' 'peanut' 'pissa' 'poly' 'prefix_tuning' 'prompt_tuning' 'psoft' 'pvera' 'randlora' 'road' 'rslora' 'shadow' 'shira' 'supertuning' 'tinylora' 'trainable_tokens' 'unilora' 'vblora' 'vera' 'waveft' 'xlora'
        case 'eval --batch-size'
            set count 1
            set kind any
        case 'eval --max-length'
            set count 1
            set kind any
        case 'eval --split'
            set count 1
            set kind any
        case 'eval --device'
            set count 1
            set kind choice
            set choices 'auto' 'cpu' 'cuda' 'mps'
        case 'eval -f' 'eval --format'
            set count 1
            set kind choice
            set choices 'table' 'jsonl' 'json' 'csv' 'tsv' 'yaml' 'quiet'
        case 'eval --progress'
            set count 1
            set kind choice
            set choices 'auto' 'bar' 'plain' 'jsonl' 'none'
        case 'demo --data'
            set count 1
            set kind files
        case 'demo --ask'
            set count 1
            set kind any
        case 'demo --expect'
            set count 1
            set kind any
        case 'demo --steps'
            set count 1
            set kind any
        case 'demo --device'
            set count 1
            set kind choice
            set choices 'auto' 'cpu' 'cuda' 'mps'
        case 'demo -f' 'demo --format'
            set count 1
            set kind choice
            set choices 'table' 'jsonl' 'json' 'csv' 'tsv' 'yaml' 'quiet'
        case 'demo --progress'
            set count 1
            set kind choice
            set choices 'auto' 'bar' 'plain' 'jsonl' 'none'
        case 'ui --screen'
            set count 1
            set kind choice
            set choices 'home' 'gpus' 'runs' 'chat'
        case 'ui --glyphs'
            set count 1
            set kind choice
            set choices 'auto' 'braille' 'blocks' 'ascii'
        case 'ui --theme'
            set count 1
            set kind choice
            set choices 'auto' 'dark' 'light' 'colorblind' 'colorblind-light' 'ansi-dark' 'ansi-light'
        case 'ui --interval'
            set count 1
            set kind any
        case 'ui --keymap'
            set count 1
            set kind any
        case 'ui -f' 'ui --format'
            set count 1
            set kind choice
            set choices 'table' 'jsonl' 'json' 'csv' 'tsv' 'yaml' 'quiet'
        case 'gpu -w' 'gpu --watch'
            set count 1
            set kind any
        case 'gpu --count'
            set count 1
            set kind any
        case 'gpu -f' 'gpu --format'
            set count 1
            set kind choice
            set choices 'table' 'jsonl' 'json' 'csv' 'tsv' 'yaml' 'quiet'
        case 'gpu procs -f' 'gpu procs --format'
            set count 1
            set kind choice
            set choices 'table' 'jsonl' 'json' 'csv' 'tsv' 'yaml' 'quiet'
        case 'gpu wait --free'
            set count 1
            set kind any
        case 'gpu wait --gpus'
            set count 1
            set kind any
        case 'gpu wait --util-below'
            set count 1
            set kind any
        case 'gpu wait --timeout'
            set count 1
            set kind any
        case 'gpu wait --interval'
            set count 1
            set kind any
        case 'gpu wait -f' 'gpu wait --format'
            set count 1
            set kind choice
            set choices 'table' 'jsonl' 'json' 'csv' 'tsv' 'yaml' 'quiet'
        case 'doctor --only'
            set count 1
            set kind choice
            set choices 'python' 'libraries' 'accelerators' 'storage' 'hub' 'system' 'terminal'
        case 'doctor -f' 'doctor --format'
            set count 1
            set kind choice
            set choices 'table' 'jsonl' 'json' 'csv' 'tsv' 'yaml' 'quiet'
        case 'config ls -f' 'config ls --format'
            set count 1
            set kind choice
            set choices 'table' 'jsonl' 'json' 'csv' 'tsv' 'yaml' 'quiet'
        case 'config get -f' 'config get --format'
            set count 1
            set kind choice
            set choices 'table' 'jsonl' 'json' 'csv' 'tsv' 'yaml' 'quiet'
        case 'config set -f' 'config set --format'
            set count 1
            set kind choice
            set choices 'table' 'jsonl' 'json' 'csv' 'tsv' 'yaml' 'quiet'
    end
end

# What stands at place $argv[2] (from 0) of the arguments of command $argv[1].
function __hfterm_argument --no-scope-shadowing
    set kind ''
    set choices
    switch "$argv[1] $argv[2]"
        case 'hub search 0'
            set kind any
        case 'hub info *'
            set kind repos
        case 'hub card 0'
            set kind repos
        case 'hub ls 0'
            set kind repos
        case 'hub ls 1'
            set kind repofiles
        case 'hub cat 0'
            set kind repos
        case 'hub cat 1'
            set kind repofiles
        case 'hub inspect *'
            set kind places
        case 'hub get 0'
            set kind repos
        case 'hub get *'
            set kind repofiles
        case 'hub put 0'
            set kind repos
        case 'hub put *'
            set kind files
        case 'hub rm 0'
            set kind repos
        case 'hub rm *'
            set kind repofiles
        case 'hub create *'
            set kind repos
        case 'hub move 0'
            set kind repos
        case 'hub move 1'
            set kind any
        case 'hub branch 0'
            set kind repos
        case 'hub branch 1'
            set kind any
        case 'hub tag 0'
            set kind repos
        case 'hub tag 1'
            set kind any
        case 'hub diff 0'
            set kind places
        case 'hub diff 1'
            set kind places
        case 'hub cache ls *'
            set kind repos
        case 'hub cache rm *'
            set kind repos
        case 'hub cache prune *'
            set kind repos
        case 'hub cache verify *'
            set kind repos
        case 'hub cache import 0'
            set kind any
        case 'hub cache import *'
            set kind repos
        case 'hub login *'
            set kind any
        case 'hub logout 0'
            set kind any
        case 'hub token use 0'
            set kind any
        case 'hub token print 0'
            set kind any
        case 'data head *'
            set kind any
        case 'data tail *'
            set kind any
        case 'data sample *'
            set kind any
        case 'data cat *'
            set kind any
        case 'data schema *'
            set kind any
        case 'data count *'
            set kind any
        case 'data info *'
            set kind any
        case 'data stats *'
            set kind any
        case 'data validate *'
            set kind any
        case 'data filter *'
            set kind any
        case 'data select *'
            set kind any
        case 'data map *'
            set kind any
        case 'data sql *'
            set kind any
        case 'data sort *'
            set kind any
        case 'data shuffle *'
            set kind any
        case 'data split *'
            set kind any
        case 'data concat *'
            set kind any
        case 'data mix *'
            set kind any
        case 'data dedup *'
            set kind any
        case 'data format *'
            set kind any
        case 'data convert *'
            set kind any
        case 'data view *'
            set kind any
        case 'data get 0'
            set kind repos
        case 'data put 0'
            set kind repos
        case 'data put *'
            set kind any
        case 'tok train 0'
            set kind choice
            set choices 'bpe' 'bytebpe' 'wordpiece' 'unigram'
        case 'tok train *'
            set kind files
        case 'tok encode *'
            set kind files
        case 'tok decode *'
            set kind files
        case 'tok count *'
            set kind files
        case 'tok chunk *'
            set kind files
        case 'tok pack *'
            set kind files
        case 'tok chat *'
            set kind files
        case 'tok add 0'
            set kind models
        case 'tok add *'
            set kind any
        case 'tok info 0'
            set kind models
        case 'tok vocab 0'
            set kind models
        case 'tok diff 0'
            set kind models
        case 'tok diff 1'
            set kind any
        case 'tok bench *'
            set kind files
        case 'tok convert 0'
            set kind any
        case 'train sft 0'
            set kind models
        case 'train sft *'
            set kind files
        case 'train dpo 0'
            set kind models
        case 'train dpo *'
            set kind files
        case 'train kto 0'
            set kind models
        case 'train kto *'
            set kind files
        case 'train reward 0'
            set kind models
        case 'train reward *'
            set kind files
        case 'train grpo 0'
            set kind models
        case 'train grpo *'
            set kind files
        case 'train rloo 0'
            set kind models
        case 'train rloo *'
            set kind files
        case 'train distill 0'
            set kind models
        case 'train distill *'
            set kind files
        case 'train clm 0'
            set kind models
        case 'train clm *'
            set kind files
        case 'train mlm 0'
            set kind models
        case 'train mlm *'
            set kind files
        case 'train seq2seq 0'
            set kind models
        case 'train seq2seq *'
            set kind files
        case 'train classify 0'
            set kind models
        case 'train classify *'
            set kind files
        case 'train tag 0'
            set kind models
        case 'train tag *'
            set kind files
        case 'train image 0'
            set kind models
        case 'train image *'
            set kind files
        case 'train audio 0'
            set kind models
        case 'train audio *'
            set kind files
        case 'train launch 0'
            set kind files
        case 'train launch *'
            set kind any
        case 'train sbatch *'
            set kind any
        case 'train run 0'
            set kind files
        case 'train sweep 0'
            set kind files
        case 'train init 0'
            set kind choice
            set choices 'sft' 'dpo' 'kto' 'reward' 'grpo' 'rloo' 'distill' 'clm' 'mlm' 'seq2seq' 'classify' 'tag' 'image' 'audio'
        case 'train init 1'
            set kind models
        case 'train init 2'
            set kind files
        case 'train schema 0'
            set kind choice
            set choices 'sft' 'dpo' 'kto' 'reward' 'grpo' 'rloo' 'distill' 'clm' 'mlm' 'seq2seq' 'classify' 'tag' 'image' 'audio'
        case 'train schema 1'
            set kind any
        case 'train validate *'
            set kind files
        case 'train plan 0'
            set kind files
        case 'train show 0'
            set kind runs
        case 'train logs 0'
            set kind runs
        case 'train attach 0'
            set kind runs
        case 'train compare *'
            set kind runs
        case 'train plot *'
            set kind runs
        case 'train stop *'
            set kind runs
        case 'train resume 0'
            set kind runs
        case 'train push 0'
            set kind runs
        case 'train push 1'
            set kind repos
        case 'train note 0'
            set kind runs
        case 'train note *'
            set kind any
        case 'train rm *'
            set kind runs
        case 'peft methods 0'
            set kind choice
            set choices 'none' 'adalora' 'adamss' 'adaption_prompt' 'beft' 'boft' 'c3a' 'cartridge' 'cpt' 'deft' 'delora' 'dora' 'eva' 'fourierft' 'frod' 'glora' 'gralora' 'hira' 'hra' 'ia3' 'lily' 'ln_tuning' 'loftq' 'loha' 'lokr' 'lora' 'miss' 'multitask_prompt_tuning' 'oft' 'olora' 'osf' 'p_tuning' 'peanut' 'pissa' 'poly' 'prefix_tuning' 'prompt_tuning' 'psoft' 'pvera' 'randlora' 'road' 'rslora' 'shadow' 'shira' 'supertuning' 'tinylora' 'trainable_tokens' 'unilora' 'vblora' 'vera' 'waveft' 'xlora'
        case 'peft params 0'
            set kind models
        case 'peft plan 0'
            set kind models
        case 'peft info 0'
            set kind adapters
        case 'peft convert 0'
            set kind adapters
        case 'peft merge 0'
            set kind adapters
        case 'peft unload 0'
            set kind models
        case 'peft combine *'
            set kind adapters
        case 'peft diff 0'
            set kind models
        case 'peft diff 1'
            set kind models
        case 'peft rescale 0'
            set kind adapters
        case 'peft extract 0'
            set kind models
        case 'peft extract 1'
            set kind models
        case 'peft add 0'
            set kind models
        case 'chat 0'
            set kind models
        case 'mem 0'
            set kind models
        case 'eval *'
            set kind any
        case 'ui *'
            set kind folders
        case 'config get 0'
            set kind keys
        case 'config set 0'
            set kind keys
        case 'config set 1'
            set kind any
        case 'completion 0'
            set kind choice
            set choices 'bash' 'zsh' 'fish'
        case 'help *'
            set kind commands
    end
end

set -g __hfterm_keys 'format' 'color' 'progress' 'model' 'device' 'gpu.interval' 'hub.search.repo_type' 'hub.search.author' 'hub.search.filters' 'hub.search.task' 'hub.search.params' 'hub.search.gated' 'hub.search.sort' 'hub.search.limit' 'hub.search.format' 'hub.search.quiet' 'hub.search.verbose' 'hub.search.debug' 'hub.info.repo_type' 'hub.info.revision' 'hub.info.files' 'hub.info.format' 'hub.info.quiet' 'hub.info.verbose' 'hub.info.debug' 'hub.card.repo_type' 'hub.card.revision' 'hub.card.raw' 'hub.card.format' 'hub.card.quiet' 'hub.card.verbose' 'hub.card.debug' 'hub.ls.repo_type' 'hub.ls.revision' 'hub.ls.recursive' 'hub.ls.long' 'hub.ls.format' 'hub.ls.quiet' 'hub.ls.verbose' 'hub.ls.debug' 'hub.cat.repo_type' 'hub.cat.revision' 'hub.cat.span' 'hub.cat.quiet' 'hub.cat.verbose' 'hub.cat.debug' 'hub.inspect.repo_type' 'hub.inspect.revision' 'hub.inspect.file' 'hub.inspect.tensors' 'hub.inspect.depth' 'hub.inspect.pattern' 'hub.inspect.whole' 'hub.inspect.format' 'hub.inspect.quiet' 'hub.inspect.verbose' 'hub.inspect.debug' 'hub.get.repo_type' 'hub.get.revision' 'hub.get.include' 'hub.get.exclude' 'hub.get.to' 'hub.get.overwrite' 'hub.get.dry_run' 'hub.get.workers' 'hub.get.connections' 'hub.get.stall_timeout' 'hub.get.retries' 'hub.get.format' 'hub.get.progress' 'hub.get.quiet' 'hub.get.verbose' 'hub.get.debug' 'hub.put.repo_type' 'hub.put.revision' 'hub.put.to' 'hub.put.include' 'hub.put.exclude' 'hub.put.delete' 'hub.put.create' 'hub.put.private' 'hub.put.sdk' 'hub.put.secrets' 'hub.put.jobs' 'hub.put.message' 'hub.put.description' 'hub.put.pr' 'hub.put.parent' 'hub.put.dry_run' 'hub.put.format' 'hub.put.progress' 'hub.put.quiet' 'hub.put.verbose' 'hub.put.debug' 'hub.rm.whole' 'hub.rm.repo_type' 'hub.rm.revision' 'hub.rm.message' 'hub.rm.description' 'hub.rm.pr' 'hub.rm.parent' 'hub.rm.yes' 'hub.rm.dry_run' 'hub.rm.format' 'hub.rm.quiet' 'hub.rm.verbose' 'hub.rm.debug' 'hub.create.repo_type' 'hub.create.private' 'hub.create.sdk' 'hub.create.exist_ok' 'hub.create.dry_run' 'hub.create.format' 'hub.create.quiet' 'hub.create.verbose' 'hub.create.debug' 'hub.move.repo_type' 'hub.move.dry_run' 'hub.move.format' 'hub.move.quiet' 'hub.move.verbose' 'hub.move.debug' 'hub.branch.repo_type' 'hub.branch.start' 'hub.branch.delete' 'hub.branch.exist_ok' 'hub.branch.yes' 'hub.branch.dry_run' 'hub.branch.format' 'hub.branch.quiet' 'hub.branch.verbose' 'hub.branch.debug' 'hub.tag.repo_type' 'hub.tag.start' 'hub.tag.message' 'hub.tag.delete' 'hub.tag.exist_ok' 'hub.tag.yes' 'hub.tag.dry_run' 'hub.tag.format' 'hub.tag.quiet' 'hub.tag.verbose' 'hub.tag.debug' 'hub.diff.repo_type' 'hub.diff.patch' 'hub.diff.include' 'hub.diff.exclude' 'hub.diff.exit_code' 'hub.diff.format' 'hub.diff.progress' 'hub.diff.quiet' 'hub.diff.verbose' 'hub.diff.debug' 'hub.cache.ls.kind' 'hub.cache.ls.revisions' 'hub.cache.ls.by' 'hub.cache.ls.reverse' 'hub.cache.ls.limit' 'hub.cache.ls.format' 'hub.cache.ls.quiet' 'hub.cache.ls.verbose' 'hub.cache.ls.debug' 'hub.cache.du.each' 'hub.cache.du.older' 'hub.cache.du.format' 'hub.cache.du.quiet' 'hub.cache.du.verbose' 'hub.cache.du.debug' 'hub.cache.rm.kind' 'hub.cache.rm.yes' 'hub.cache.rm.dry_run' 'hub.cache.rm.format' 'hub.cache.rm.quiet' 'hub.cache.rm.verbose' 'hub.cache.rm.debug' 'hub.cache.prune.older' 'hub.cache.prune.xet' 'hub.cache.prune.yes' 'hub.cache.prune.dry_run' 'hub.cache.prune.format' 'hub.cache.prune.quiet' 'hub.cache.prune.verbose' 'hub.cache.prune.debug' 'hub.cache.verify.kind' 'hub.cache.verify.fix' 'hub.cache.verify.hub' 'hub.cache.verify.format' 'hub.cache.verify.progress' 'hub.cache.verify.quiet' 'hub.cache.verify.verbose' 'hub.cache.verify.debug' 'hub.cache.import.name' 'hub.cache.import.kind' 'hub.cache.import.revision' 'hub.cache.import.link' 'hub.cache.import.overwrite' 'hub.cache.import.dry_run' 'hub.cache.import.format' 'hub.cache.import.progress' 'hub.cache.import.quiet' 'hub.cache.import.verbose' 'hub.cache.import.debug' 'hub.login.name' 'hub.login.check' 'hub.login.format' 'hub.login.quiet' 'hub.login.verbose' 'hub.login.debug' 'hub.logout.everything' 'hub.logout.format' 'hub.logout.quiet' 'hub.logout.verbose' 'hub.logout.debug' 'hub.whoami.format' 'hub.whoami.quiet' 'hub.whoami.verbose' 'hub.whoami.debug' 'hub.token.format' 'hub.token.quiet' 'hub.token.verbose' 'hub.token.debug' 'hub.token.use.quiet' 'hub.token.use.verbose' 'hub.token.use.debug' 'hub.token.print.yes' 'hub.token.print.quiet' 'hub.token.print.verbose' 'hub.token.print.debug' 'hub.share.folder' 'hub.share.host' 'hub.share.port' 'hub.share.token_file' 'hub.share.writable' 'hub.share.xet' 'hub.share.format' 'hub.share.quiet' 'hub.share.verbose' 'hub.share.debug' 'data.head.input_format' 'data.head.config' 'data.head.split' 'data.head.all_text' 'data.head.skip_bad' 'data.head.bad_file' 'data.head.output' 'data.head.overwrite' 'data.head.count' 'data.head.show' 'data.head.format' 'data.head.quiet' 'data.head.verbose' 'data.head.debug' 'data.tail.input_format' 'data.tail.config' 'data.tail.split' 'data.tail.all_text' 'data.tail.skip_bad' 'data.tail.bad_file' 'data.tail.output' 'data.tail.overwrite' 'data.tail.count' 'data.tail.format' 'data.tail.quiet' 'data.tail.verbose' 'data.tail.debug' 'data.sample.input_format' 'data.sample.config' 'data.sample.split' 'data.sample.all_text' 'data.sample.skip_bad' 'data.sample.bad_file' 'data.sample.output' 'data.sample.overwrite' 'data.sample.count' 'data.sample.seed' 'data.sample.format' 'data.sample.quiet' 'data.sample.verbose' 'data.sample.debug' 'data.cat.input_format' 'data.cat.config' 'data.cat.split' 'data.cat.all_text' 'data.cat.skip_bad' 'data.cat.bad_file' 'data.cat.output' 'data.cat.overwrite' 'data.cat.format' 'data.cat.quiet' 'data.cat.verbose' 'data.cat.debug' 'data.schema.input_format' 'data.schema.config' 'data.schema.split' 'data.schema.all_text' 'data.schema.skip_bad' 'data.schema.bad_file' 'data.schema.format' 'data.schema.quiet' 'data.schema.verbose' 'data.schema.debug' 'data.count.input_format' 'data.count.config' 'data.count.split' 'data.count.all_text' 'data.count.skip_bad' 'data.count.bad_file' 'data.count.format' 'data.count.quiet' 'data.count.verbose' 'data.count.debug' 'data.info.input_format' 'data.info.config' 'data.info.split' 'data.info.all_text' 'data.info.skip_bad' 'data.info.bad_file' 'data.info.each' 'data.info.format' 'data.info.quiet' 'data.info.verbose' 'data.info.debug' 'data.stats.input_format' 'data.stats.config' 'data.stats.split' 'data.stats.all_text' 'data.stats.skip_bad' 'data.stats.bad_file' 'data.stats.columns' 'data.stats.quantiles' 'data.stats.model' 'data.stats.format' 'data.stats.quiet' 'data.stats.verbose' 'data.stats.debug' 'data.validate.input_format' 'data.validate.config' 'data.validate.split' 'data.validate.all_text' 'data.validate.skip_bad' 'data.validate.bad_file' 'data.validate.kind' 'data.validate.max_errors' 'data.validate.format' 'data.validate.quiet' 'data.validate.verbose' 'data.validate.debug' 'data.filter.input_format' 'data.filter.config' 'data.filter.split' 'data.filter.all_text' 'data.filter.skip_bad' 'data.filter.bad_file' 'data.filter.output' 'data.filter.overwrite' 'data.filter.py' 'data.filter.batched' 'data.filter.batch_size' 'data.filter.num_proc' 'data.filter.engine' 'data.filter.ray_address' 'data.filter.format' 'data.filter.quiet' 'data.filter.verbose' 'data.filter.debug' 'data.select.input_format' 'data.select.config' 'data.select.split' 'data.select.all_text' 'data.select.skip_bad' 'data.select.bad_file' 'data.select.output' 'data.select.overwrite' 'data.select.format' 'data.select.quiet' 'data.select.verbose' 'data.select.debug' 'data.map.input_format' 'data.map.config' 'data.map.split' 'data.map.all_text' 'data.map.skip_bad' 'data.map.bad_file' 'data.map.output' 'data.map.overwrite' 'data.map.py' 'data.map.batched' 'data.map.batch_size' 'data.map.num_proc' 'data.map.replace' 'data.map.engine' 'data.map.ray_address' 'data.map.format' 'data.map.quiet' 'data.map.verbose' 'data.map.debug' 'data.sql.input_format' 'data.sql.config' 'data.sql.split' 'data.sql.all_text' 'data.sql.skip_bad' 'data.sql.bad_file' 'data.sql.output' 'data.sql.overwrite' 'data.sql.format' 'data.sql.quiet' 'data.sql.verbose' 'data.sql.debug' 'data.sort.input_format' 'data.sort.config' 'data.sort.split' 'data.sort.all_text' 'data.sort.skip_bad' 'data.sort.bad_file' 'data.sort.output' 'data.sort.overwrite' 'data.sort.format' 'data.sort.quiet' 'data.sort.verbose' 'data.sort.debug' 'data.shuffle.input_format' 'data.shuffle.config' 'data.shuffle.split' 'data.shuffle.all_text' 'data.shuffle.skip_bad' 'data.shuffle.bad_file' 'data.shuffle.output' 'data.shuffle.overwrite' 'data.shuffle.seed' 'data.shuffle.format' 'data.shuffle.quiet' 'data.shuffle.verbose' 'data.shuffle.debug' 'data.split.input_format' 'data.split.config' 'data.split.split' 'data.split.all_text' 'data.split.skip_bad' 'data.split.bad_file' 'data.split.folder' 'data.split.test' 'data.split.validation' 'data.split.stratify' 'data.split.group_by' 'data.split.kind' 'data.split.seed' 'data.split.overwrite' 'data.split.format' 'data.split.quiet' 'data.split.verbose' 'data.split.debug' 'data.concat.input_format' 'data.concat.config' 'data.concat.split' 'data.concat.all_text' 'data.concat.skip_bad' 'data.concat.bad_file' 'data.concat.output' 'data.concat.overwrite' 'data.concat.fill' 'data.concat.format' 'data.concat.quiet' 'data.concat.verbose' 'data.concat.debug' 'data.mix.input_format' 'data.mix.config' 'data.mix.split' 'data.mix.all_text' 'data.mix.skip_bad' 'data.mix.bad_file' 'data.mix.output' 'data.mix.overwrite' 'data.mix.weights' 'data.mix.stop' 'data.mix.seed' 'data.mix.format' 'data.mix.quiet' 'data.mix.verbose' 'data.mix.debug' 'data.dedup.input_format' 'data.dedup.config' 'data.dedup.split' 'data.dedup.all_text' 'data.dedup.skip_bad' 'data.dedup.bad_file' 'data.dedup.output' 'data.dedup.overwrite' 'data.dedup.by' 'data.dedup.near' 'data.dedup.shingle' 'data.dedup.engine' 'data.dedup.ray_address' 'data.dedup.format' 'data.dedup.quiet' 'data.dedup.verbose' 'data.dedup.debug' 'data.format.input_format' 'data.format.config' 'data.format.split' 'data.format.all_text' 'data.format.skip_bad' 'data.format.bad_file' 'data.format.output' 'data.format.overwrite' 'data.format.to' 'data.format.model' 'data.format.keep' 'data.format.format' 'data.format.quiet' 'data.format.verbose' 'data.format.debug' 'data.convert.input_format' 'data.convert.config' 'data.convert.split' 'data.convert.all_text' 'data.convert.skip_bad' 'data.convert.bad_file' 'data.convert.path' 'data.convert.to' 'data.convert.shards' 'data.convert.max_shard_size' 'data.convert.compression' 'data.convert.row_group_size' 'data.convert.overwrite' 'data.convert.engine' 'data.convert.ray_address' 'data.convert.format' 'data.convert.quiet' 'data.convert.verbose' 'data.convert.debug' 'data.view.input_format' 'data.view.config' 'data.view.split' 'data.view.theme' 'data.view.quiet' 'data.view.verbose' 'data.view.debug' 'data.get.config' 'data.get.split' 'data.get.output' 'data.get.overwrite' 'data.get.dry_run' 'data.get.format' 'data.get.progress' 'data.get.quiet' 'data.get.verbose' 'data.get.debug' 'data.put.split' 'data.put.config' 'data.put.max_shard_size' 'data.put.private' 'data.put.message' 'data.put.input_format' 'data.put.all_text' 'data.put.skip_bad' 'data.put.bad_file' 'data.put.dry_run' 'data.put.format' 'data.put.progress' 'data.put.quiet' 'data.put.verbose' 'data.put.debug' 'tok.train.output' 'tok.train.vocab_size' 'tok.train.special' 'tok.train.min_frequency' 'tok.train.limit_alphabet' 'tok.train.lowercase' 'tok.train.column' 'tok.train.input_format' 'tok.train.config' 'tok.train.split' 'tok.train.skip_bad' 'tok.train.overwrite' 'tok.train.format' 'tok.train.progress' 'tok.train.quiet' 'tok.train.verbose' 'tok.train.debug' 'tok.encode.model' 'tok.encode.column' 'tok.encode.tokens' 'tok.encode.offsets' 'tok.encode.special' 'tok.encode.chat' 'tok.encode.generation_prompt' 'tok.encode.max_length' 'tok.encode.keep' 'tok.encode.engine' 'tok.encode.input_format' 'tok.encode.config' 'tok.encode.split' 'tok.encode.skip_bad' 'tok.encode.format' 'tok.encode.quiet' 'tok.encode.verbose' 'tok.encode.debug' 'tok.decode.model' 'tok.decode.column' 'tok.decode.special' 'tok.decode.keep' 'tok.decode.input_format' 'tok.decode.config' 'tok.decode.split' 'tok.decode.skip_bad' 'tok.decode.format' 'tok.decode.quiet' 'tok.decode.verbose' 'tok.decode.debug' 'tok.count.model' 'tok.count.column' 'tok.count.each' 'tok.count.special' 'tok.count.engine' 'tok.count.input_format' 'tok.count.config' 'tok.count.split' 'tok.count.skip_bad' 'tok.count.format' 'tok.count.quiet' 'tok.count.verbose' 'tok.count.debug' 'tok.chunk.model' 'tok.chunk.size' 'tok.chunk.overlap' 'tok.chunk.by' 'tok.chunk.splitter' 'tok.chunk.language' 'tok.chunk.column' 'tok.chunk.keep' 'tok.chunk.input_format' 'tok.chunk.config' 'tok.chunk.split' 'tok.chunk.skip_bad' 'tok.chunk.format' 'tok.chunk.quiet' 'tok.chunk.verbose' 'tok.chunk.debug' 'tok.pack.model' 'tok.pack.output' 'tok.pack.length' 'tok.pack.form' 'tok.pack.end' 'tok.pack.no_end' 'tok.pack.special' 'tok.pack.tail' 'tok.pack.shard_tokens' 'tok.pack.column' 'tok.pack.engine' 'tok.pack.input_format' 'tok.pack.config' 'tok.pack.split' 'tok.pack.skip_bad' 'tok.pack.overwrite' 'tok.pack.format' 'tok.pack.progress' 'tok.pack.quiet' 'tok.pack.verbose' 'tok.pack.debug' 'tok.chat.model' 'tok.chat.column' 'tok.chat.generation_prompt' 'tok.chat.ids' 'tok.chat.keep' 'tok.chat.engine' 'tok.chat.input_format' 'tok.chat.config' 'tok.chat.split' 'tok.chat.skip_bad' 'tok.chat.format' 'tok.chat.quiet' 'tok.chat.verbose' 'tok.chat.debug' 'tok.add.output' 'tok.add.special' 'tok.add.overwrite' 'tok.add.format' 'tok.add.quiet' 'tok.add.verbose' 'tok.add.debug' 'tok.info.format' 'tok.info.quiet' 'tok.info.verbose' 'tok.info.debug' 'tok.vocab.grep' 'tok.vocab.ignore_case' 'tok.vocab.added' 'tok.vocab.format' 'tok.vocab.quiet' 'tok.vocab.verbose' 'tok.vocab.debug' 'tok.diff.sample' 'tok.diff.column' 'tok.diff.limit' 'tok.diff.exit_code' 'tok.diff.format' 'tok.diff.quiet' 'tok.diff.verbose' 'tok.diff.debug' 'tok.bench.model' 'tok.bench.column' 'tok.bench.megabytes' 'tok.bench.rounds' 'tok.bench.input_format' 'tok.bench.config' 'tok.bench.split' 'tok.bench.skip_bad' 'tok.bench.format' 'tok.bench.progress' 'tok.bench.quiet' 'tok.bench.verbose' 'tok.bench.debug' 'tok.convert.output' 'tok.convert.pattern' 'tok.convert.special' 'tok.convert.sample' 'tok.convert.column' 'tok.convert.allow_differences' 'tok.convert.overwrite' 'tok.convert.format' 'tok.convert.quiet' 'tok.convert.verbose' 'tok.convert.debug' 'train.sft.name' 'train.sft.resume' 'train.sft.chat_template' 'train.sft.max_length' 'train.sft.assistant_only_loss' 'train.sft.config' 'train.sft.split' 'train.sft.eval_data' 'train.sft.eval_split' 'train.sft.columns' 'train.sft.max_samples' 'train.sft.peft' 'train.sft.peft_set' 'train.sft.load_in' 'train.sft.learning_rate' 'train.sft.num_train_epochs' 'train.sft.max_steps' 'train.sft.per_device_train_batch_size' 'train.sft.gradient_accumulation_steps' 'train.sft.gradient_checkpointing' 'train.sft.warmup_steps' 'train.sft.lr_scheduler_type' 'train.sft.weight_decay' 'train.sft.save_steps' 'train.sft.keep' 'train.sft.logging_steps' 'train.sft.eval_steps' 'train.sft.seed' 'train.sft.skip_bad' 'train.sft.device' 'train.sft.launch' 'train.sft.gpus' 'train.sft.nproc' 'train.sft.nodes' 'train.sft.zero' 'train.sft.offload' 'train.sft.fsdp' 'train.sft.max_restarts' 'train.sft.dtype' 'train.sft.report_to' 'train.sft.hub_strategy' 'train.sft.set' 'train.sft.detach' 'train.sft.after' 'train.sft.after_any' 'train.sft.when_free' 'train.sft.retries' 'train.sft.notify' 'train.sft.push' 'train.sft.private' 'train.sft.dry_run' 'train.sft.format' 'train.sft.progress' 'train.sft.quiet' 'train.sft.verbose' 'train.sft.debug' 'train.dpo.name' 'train.dpo.resume' 'train.dpo.chat_template' 'train.dpo.max_length' 'train.dpo.beta' 'train.dpo.loss_type' 'train.dpo.config' 'train.dpo.split' 'train.dpo.eval_data' 'train.dpo.eval_split' 'train.dpo.columns' 'train.dpo.max_samples' 'train.dpo.peft' 'train.dpo.peft_set' 'train.dpo.load_in' 'train.dpo.learning_rate' 'train.dpo.num_train_epochs' 'train.dpo.max_steps' 'train.dpo.per_device_train_batch_size' 'train.dpo.gradient_accumulation_steps' 'train.dpo.gradient_checkpointing' 'train.dpo.warmup_steps' 'train.dpo.lr_scheduler_type' 'train.dpo.weight_decay' 'train.dpo.save_steps' 'train.dpo.keep' 'train.dpo.logging_steps' 'train.dpo.eval_steps' 'train.dpo.seed' 'train.dpo.skip_bad' 'train.dpo.device' 'train.dpo.launch' 'train.dpo.gpus' 'train.dpo.nproc' 'train.dpo.nodes' 'train.dpo.zero' 'train.dpo.offload' 'train.dpo.fsdp' 'train.dpo.max_restarts' 'train.dpo.dtype' 'train.dpo.report_to' 'train.dpo.hub_strategy' 'train.dpo.set' 'train.dpo.detach' 'train.dpo.after' 'train.dpo.after_any' 'train.dpo.when_free' 'train.dpo.retries' 'train.dpo.notify' 'train.dpo.push' 'train.dpo.private' 'train.dpo.dry_run' 'train.dpo.format' 'train.dpo.progress' 'train.dpo.quiet' 'train.dpo.verbose' 'train.dpo.debug' 'train.kto.name' 'train.kto.resume' 'train.kto.chat_template' 'train.kto.max_length' 'train.kto.beta' 'train.kto.desirable_weight' 'train.kto.undesirable_weight' 'train.kto.loss_type' 'train.kto.config' 'train.kto.split' 'train.kto.eval_data' 'train.kto.eval_split' 'train.kto.columns' 'train.kto.max_samples' 'train.kto.peft' 'train.kto.peft_set' 'train.kto.load_in' 'train.kto.learning_rate' 'train.kto.num_train_epochs' 'train.kto.max_steps' 'train.kto.per_device_train_batch_size' 'train.kto.gradient_accumulation_steps' 'train.kto.gradient_checkpointing' 'train.kto.warmup_steps' 'train.kto.lr_scheduler_type' 'train.kto.weight_decay' 'train.kto.save_steps' 'train.kto.keep' 'train.kto.logging_steps' 'train.kto.eval_steps' 'train.kto.seed' 'train.kto.skip_bad' 'train.kto.device' 'train.kto.launch' 'train.kto.gpus' 'train.kto.nproc' 'train.kto.nodes' 'train.kto.zero' 'train.kto.offload' 'train.kto.fsdp' 'train.kto.max_restarts' 'train.kto.dtype' 'train.kto.report_to' 'train.kto.hub_strategy' 'train.kto.set' 'train.kto.detach' 'train.kto.after' 'train.kto.after_any' 'train.kto.when_free' 'train.kto.retries' 'train.kto.notify' 'train.kto.push' 'train.kto.private' 'train.kto.dry_run' 'train.kto.format' 'train.kto.progress' 'train.kto.quiet' 'train.kto.verbose' 'train.kto.debug' 'train.reward.name' 'train.reward.resume' 'train.reward.chat_template' 'train.reward.max_length' 'train.reward.center_rewards_coefficient' 'train.reward.config' 'train.reward.split' 'train.reward.eval_data' 'train.reward.eval_split' 'train.reward.columns' 'train.reward.max_samples' 'train.reward.peft' 'train.reward.peft_set' 'train.reward.load_in' 'train.reward.learning_rate' 'train.reward.num_train_epochs' 'train.reward.max_steps' 'train.reward.per_device_train_batch_size' 'train.reward.gradient_accumulation_steps' 'train.reward.gradient_checkpointing' 'train.reward.warmup_steps' 'train.reward.lr_scheduler_type' 'train.reward.weight_decay' 'train.reward.save_steps' 'train.reward.keep' 'train.reward.logging_steps' 'train.reward.eval_steps' 'train.reward.seed' 'train.reward.skip_bad' 'train.reward.device' 'train.reward.launch' 'train.reward.gpus' 'train.reward.nproc' 'train.reward.nodes' 'train.reward.zero' 'train.reward.offload' 'train.reward.fsdp' 'train.reward.max_restarts' 'train.reward.dtype' 'train.reward.report_to' 'train.reward.hub_strategy' 'train.reward.set' 'train.reward.detach' 'train.reward.after' 'train.reward.after_any' 'train.reward.when_free' 'train.reward.retries' 'train.reward.notify' 'train.reward.push' 'train.reward.private' 'train.reward.dry_run' 'train.reward.format' 'train.reward.progress' 'train.reward.quiet' 'train.reward.verbose' 'train.reward.debug' 'train.grpo.name' 'train.grpo.resume' 'train.grpo.chat_template' 'train.grpo.max_completion_length' 'train.grpo.temperature' 'train.grpo.reward' 'train.grpo.reward_weight' 'train.grpo.num_generations' 'train.grpo.beta' 'train.grpo.config' 'train.grpo.split' 'train.grpo.eval_data' 'train.grpo.eval_split' 'train.grpo.columns' 'train.grpo.max_samples' 'train.grpo.peft' 'train.grpo.peft_set' 'train.grpo.load_in' 'train.grpo.learning_rate' 'train.grpo.num_train_epochs' 'train.grpo.max_steps' 'train.grpo.per_device_train_batch_size' 'train.grpo.gradient_accumulation_steps' 'train.grpo.gradient_checkpointing' 'train.grpo.warmup_steps' 'train.grpo.lr_scheduler_type' 'train.grpo.weight_decay' 'train.grpo.save_steps' 'train.grpo.keep' 'train.grpo.logging_steps' 'train.grpo.eval_steps' 'train.grpo.seed' 'train.grpo.skip_bad' 'train.grpo.device' 'train.grpo.launch' 'train.grpo.gpus' 'train.grpo.nproc' 'train.grpo.nodes' 'train.grpo.zero' 'train.grpo.offload' 'train.grpo.fsdp' 'train.grpo.max_restarts' 'train.grpo.dtype' 'train.grpo.report_to' 'train.grpo.hub_strategy' 'train.grpo.set' 'train.grpo.detach' 'train.grpo.after' 'train.grpo.after_any' 'train.grpo.when_free' 'train.grpo.retries' 'train.grpo.notify' 'train.grpo.push' 'train.grpo.private' 'train.grpo.dry_run' 'train.grpo.format' 'train.grpo.progress' 'train.grpo.quiet' 'train.grpo.verbose' 'train.grpo.debug' 'train.rloo.name' 'train.rloo.resume' 'train.rloo.chat_template' 'train.rloo.max_completion_length' 'train.rloo.temperature' 'train.rloo.reward' 'train.rloo.reward_weight' 'train.rloo.num_generations' 'train.rloo.beta' 'train.rloo.config' 'train.rloo.split' 'train.rloo.eval_data' 'train.rloo.eval_split' 'train.rloo.columns' 'train.rloo.max_samples' 'train.rloo.peft' 'train.rloo.peft_set' 'train.rloo.load_in' 'train.rloo.learning_rate' 'train.rloo.num_train_epochs' 'train.rloo.max_steps' 'train.rloo.per_device_train_batch_size' 'train.rloo.gradient_accumulation_steps' 'train.rloo.gradient_checkpointing' 'train.rloo.warmup_steps' 'train.rloo.lr_scheduler_type' 'train.rloo.weight_decay' 'train.rloo.save_steps' 'train.rloo.keep' 'train.rloo.logging_steps' 'train.rloo.eval_steps' 'train.rloo.seed' 'train.rloo.skip_bad' 'train.rloo.device' 'train.rloo.launch' 'train.rloo.gpus' 'train.rloo.nproc' 'train.rloo.nodes' 'train.rloo.zero' 'train.rloo.offload' 'train.rloo.fsdp' 'train.rloo.max_restarts' 'train.rloo.dtype' 'train.rloo.report_to' 'train.rloo.hub_strategy' 'train.rloo.set' 'train.rloo.detach' 'train.rloo.after' 'train.rloo.after_any' 'train.rloo.when_free' 'train.rloo.retries' 'train.rloo.notify' 'train.rloo.push' 'train.rloo.private' 'train.rloo.dry_run' 'train.rloo.format' 'train.rloo.progress' 'train.rloo.quiet' 'train.rloo.verbose' 'train.rloo.debug' 'train.distill.name' 'train.distill.resume' 'train.distill.chat_template' 'train.distill.max_completion_length' 'train.distill.temperature' 'train.distill.teacher' 'train.distill.beta' 'train.distill.config' 'train.distill.split' 'train.distill.eval_data' 'train.distill.eval_split' 'train.distill.columns' 'train.distill.max_samples' 'train.distill.peft' 'train.distill.peft_set' 'train.distill.load_in' 'train.distill.learning_rate' 'train.distill.num_train_epochs' 'train.distill.max_steps' 'train.distill.per_device_train_batch_size' 'train.distill.gradient_accumulation_steps' 'train.distill.gradient_checkpointing' 'train.distill.warmup_steps' 'train.distill.lr_scheduler_type' 'train.distill.weight_decay' 'train.distill.save_steps' 'train.distill.keep' 'train.distill.logging_steps' 'train.distill.eval_steps' 'train.distill.seed' 'train.distill.skip_bad' 'train.distill.device' 'train.distill.launch' 'train.distill.gpus' 'train.distill.nproc' 'train.distill.nodes' 'train.distill.zero' 'train.distill.offload' 'train.distill.fsdp' 'train.distill.max_restarts' 'train.distill.dtype' 'train.distill.report_to' 'train.distill.hub_strategy' 'train.distill.set' 'train.distill.detach' 'train.distill.after' 'train.distill.after_any' 'train.distill.when_free' 'train.distill.retries' 'train.distill.notify' 'train.distill.push' 'train.distill.private' 'train.distill.dry_run' 'train.distill.format' 'train.distill.progress' 'train.distill.quiet' 'train.distill.verbose' 'train.distill.debug' 'train.clm.name' 'train.clm.resume' 'train.clm.from_scratch' 'train.clm.max_length' 'train.clm.config' 'train.clm.split' 'train.clm.eval_data' 'train.clm.eval_split' 'train.clm.columns' 'train.clm.max_samples' 'train.clm.peft' 'train.clm.peft_set' 'train.clm.load_in' 'train.clm.learning_rate' 'train.clm.num_train_epochs' 'train.clm.max_steps' 'train.clm.per_device_train_batch_size' 'train.clm.gradient_accumulation_steps' 'train.clm.gradient_checkpointing' 'train.clm.warmup_steps' 'train.clm.lr_scheduler_type' 'train.clm.weight_decay' 'train.clm.save_steps' 'train.clm.keep' 'train.clm.logging_steps' 'train.clm.eval_steps' 'train.clm.seed' 'train.clm.skip_bad' 'train.clm.device' 'train.clm.launch' 'train.clm.gpus' 'train.clm.nproc' 'train.clm.nodes' 'train.clm.zero' 'train.clm.offload' 'train.clm.fsdp' 'train.clm.max_restarts' 'train.clm.dtype' 'train.clm.report_to' 'train.clm.hub_strategy' 'train.clm.set' 'train.clm.detach' 'train.clm.after' 'train.clm.after_any' 'train.clm.when_free' 'train.clm.retries' 'train.clm.notify' 'train.clm.push' 'train.clm.private' 'train.clm.dry_run' 'train.clm.format' 'train.clm.progress' 'train.clm.quiet' 'train.clm.verbose' 'train.clm.debug' 'train.mlm.name' 'train.mlm.resume' 'train.mlm.from_scratch' 'train.mlm.max_length' 'train.mlm.mlm_probability' 'train.mlm.whole_words' 'train.mlm.config' 'train.mlm.split' 'train.mlm.eval_data' 'train.mlm.eval_split' 'train.mlm.columns' 'train.mlm.max_samples' 'train.mlm.peft' 'train.mlm.peft_set' 'train.mlm.load_in' 'train.mlm.learning_rate' 'train.mlm.num_train_epochs' 'train.mlm.max_steps' 'train.mlm.per_device_train_batch_size' 'train.mlm.gradient_accumulation_steps' 'train.mlm.gradient_checkpointing' 'train.mlm.warmup_steps' 'train.mlm.lr_scheduler_type' 'train.mlm.weight_decay' 'train.mlm.save_steps' 'train.mlm.keep' 'train.mlm.logging_steps' 'train.mlm.eval_steps' 'train.mlm.seed' 'train.mlm.skip_bad' 'train.mlm.device' 'train.mlm.launch' 'train.mlm.gpus' 'train.mlm.nproc' 'train.mlm.nodes' 'train.mlm.zero' 'train.mlm.offload' 'train.mlm.fsdp' 'train.mlm.max_restarts' 'train.mlm.dtype' 'train.mlm.report_to' 'train.mlm.hub_strategy' 'train.mlm.set' 'train.mlm.detach' 'train.mlm.after' 'train.mlm.after_any' 'train.mlm.when_free' 'train.mlm.retries' 'train.mlm.notify' 'train.mlm.push' 'train.mlm.private' 'train.mlm.dry_run' 'train.mlm.format' 'train.mlm.progress' 'train.mlm.quiet' 'train.mlm.verbose' 'train.mlm.debug' 'train.seq2seq.name' 'train.seq2seq.resume' 'train.seq2seq.from_scratch' 'train.seq2seq.metric' 'train.seq2seq.max_length' 'train.seq2seq.max_target_length' 'train.seq2seq.source_prefix' 'train.seq2seq.config' 'train.seq2seq.split' 'train.seq2seq.eval_data' 'train.seq2seq.eval_split' 'train.seq2seq.columns' 'train.seq2seq.max_samples' 'train.seq2seq.peft' 'train.seq2seq.peft_set' 'train.seq2seq.load_in' 'train.seq2seq.learning_rate' 'train.seq2seq.num_train_epochs' 'train.seq2seq.max_steps' 'train.seq2seq.per_device_train_batch_size' 'train.seq2seq.gradient_accumulation_steps' 'train.seq2seq.gradient_checkpointing' 'train.seq2seq.warmup_steps' 'train.seq2seq.lr_scheduler_type' 'train.seq2seq.weight_decay' 'train.seq2seq.save_steps' 'train.seq2seq.keep' 'train.seq2seq.logging_steps' 'train.seq2seq.eval_steps' 'train.seq2seq.seed' 'train.seq2seq.skip_bad' 'train.seq2seq.device' 'train.seq2seq.launch' 'train.seq2seq.gpus' 'train.seq2seq.nproc' 'train.seq2seq.nodes' 'train.seq2seq.zero' 'train.seq2seq.offload' 'train.seq2seq.fsdp' 'train.seq2seq.max_restarts' 'train.seq2seq.dtype' 'train.seq2seq.report_to' 'train.seq2seq.hub_strategy' 'train.seq2seq.set' 'train.seq2seq.detach' 'train.seq2seq.after' 'train.seq2seq.after_any' 'train.seq2seq.when_free' 'train.seq2seq.retries' 'train.seq2seq.notify' 'train.seq2seq.push' 'train.seq2seq.private' 'train.seq2seq.dry_run' 'train.seq2seq.format' 'train.seq2seq.progress' 'train.seq2seq.quiet' 'train.seq2seq.verbose' 'train.seq2seq.debug' 'train.classify.name' 'train.classify.resume' 'train.classify.from_scratch' 'train.classify.metric' 'train.classify.max_length' 'train.classify.problem_type' 'train.classify.config' 'train.classify.split' 'train.classify.eval_data' 'train.classify.eval_split' 'train.classify.columns' 'train.classify.max_samples' 'train.classify.peft' 'train.classify.peft_set' 'train.classify.load_in' 'train.classify.learning_rate' 'train.classify.num_train_epochs' 'train.classify.max_steps' 'train.classify.per_device_train_batch_size' 'train.classify.gradient_accumulation_steps' 'train.classify.gradient_checkpointing' 'train.classify.warmup_steps' 'train.classify.lr_scheduler_type' 'train.classify.weight_decay' 'train.classify.save_steps' 'train.classify.keep' 'train.classify.logging_steps' 'train.classify.eval_steps' 'train.classify.seed' 'train.classify.skip_bad' 'train.classify.device' 'train.classify.launch' 'train.classify.gpus' 'train.classify.nproc' 'train.classify.nodes' 'train.classify.zero' 'train.classify.offload' 'train.classify.fsdp' 'train.classify.max_restarts' 'train.classify.dtype' 'train.classify.report_to' 'train.classify.hub_strategy' 'train.classify.set' 'train.classify.detach' 'train.classify.after' 'train.classify.after_any' 'train.classify.when_free' 'train.classify.retries' 'train.classify.notify' 'train.classify.push' 'train.classify.private' 'train.classify.dry_run' 'train.classify.format' 'train.classify.progress' 'train.classify.quiet' 'train.classify.verbose' 'train.classify.debug' 'train.tag.name' 'train.tag.resume' 'train.tag.from_scratch' 'train.tag.metric' 'train.tag.max_length' 'train.tag.config' 'train.tag.split' 'train.tag.eval_data' 'train.tag.eval_split' 'train.tag.columns' 'train.tag.max_samples' 'train.tag.peft' 'train.tag.peft_set' 'train.tag.load_in' 'train.tag.learning_rate' 'train.tag.num_train_epochs' 'train.tag.max_steps' 'train.tag.per_device_train_batch_size' 'train.tag.gradient_accumulation_steps' 'train.tag.gradient_checkpointing' 'train.tag.warmup_steps' 'train.tag.lr_scheduler_type' 'train.tag.weight_decay' 'train.tag.save_steps' 'train.tag.keep' 'train.tag.logging_steps' 'train.tag.eval_steps' 'train.tag.seed' 'train.tag.skip_bad' 'train.tag.device' 'train.tag.launch' 'train.tag.gpus' 'train.tag.nproc' 'train.tag.nodes' 'train.tag.zero' 'train.tag.offload' 'train.tag.fsdp' 'train.tag.max_restarts' 'train.tag.dtype' 'train.tag.report_to' 'train.tag.hub_strategy' 'train.tag.set' 'train.tag.detach' 'train.tag.after' 'train.tag.after_any' 'train.tag.when_free' 'train.tag.retries' 'train.tag.notify' 'train.tag.push' 'train.tag.private' 'train.tag.dry_run' 'train.tag.format' 'train.tag.progress' 'train.tag.quiet' 'train.tag.verbose' 'train.tag.debug' 'train.image.name' 'train.image.resume' 'train.image.from_scratch' 'train.image.metric' 'train.image.augment' 'train.image.config' 'train.image.split' 'train.image.eval_data' 'train.image.eval_split' 'train.image.columns' 'train.image.max_samples' 'train.image.peft' 'train.image.peft_set' 'train.image.load_in' 'train.image.learning_rate' 'train.image.num_train_epochs' 'train.image.max_steps' 'train.image.per_device_train_batch_size' 'train.image.gradient_accumulation_steps' 'train.image.gradient_checkpointing' 'train.image.warmup_steps' 'train.image.lr_scheduler_type' 'train.image.weight_decay' 'train.image.save_steps' 'train.image.keep' 'train.image.logging_steps' 'train.image.eval_steps' 'train.image.seed' 'train.image.skip_bad' 'train.image.device' 'train.image.launch' 'train.image.gpus' 'train.image.nproc' 'train.image.nodes' 'train.image.zero' 'train.image.offload' 'train.image.fsdp' 'train.image.max_restarts' 'train.image.dtype' 'train.image.report_to' 'train.image.hub_strategy' 'train.image.set' 'train.image.detach' 'train.image.after' 'train.image.after_any' 'train.image.when_free' 'train.image.retries' 'train.image.notify' 'train.image.push' 'train.image.private' 'train.image.dry_run' 'train.image.format' 'train.image.progress' 'train.image.quiet' 'train.image.verbose' 'train.image.debug' 'train.audio.name' 'train.audio.resume' 'train.audio.from_scratch' 'train.audio.metric' 'train.audio.max_seconds' 'train.audio.config' 'train.audio.split' 'train.audio.eval_data' 'train.audio.eval_split' 'train.audio.columns' 'train.audio.max_samples' 'train.audio.peft' 'train.audio.peft_set' 'train.audio.load_in' 'train.audio.learning_rate' 'train.audio.num_train_epochs' 'train.audio.max_steps' 'train.audio.per_device_train_batch_size' 'train.audio.gradient_accumulation_steps' 'train.audio.gradient_checkpointing' 'train.audio.warmup_steps' 'train.audio.lr_scheduler_type' 'train.audio.weight_decay' 'train.audio.save_steps' 'train.audio.keep' 'train.audio.logging_steps' 'train.audio.eval_steps' 'train.audio.seed' 'train.audio.skip_bad' 'train.audio.device' 'train.audio.launch' 'train.audio.gpus' 'train.audio.nproc' 'train.audio.nodes' 'train.audio.zero' 'train.audio.offload' 'train.audio.fsdp' 'train.audio.max_restarts' 'train.audio.dtype' 'train.audio.report_to' 'train.audio.hub_strategy' 'train.audio.set' 'train.audio.detach' 'train.audio.after' 'train.audio.after_any' 'train.audio.when_free' 'train.audio.retries' 'train.audio.notify' 'train.audio.push' 'train.audio.private' 'train.audio.dry_run' 'train.audio.format' 'train.audio.progress' 'train.audio.quiet' 'train.audio.verbose' 'train.audio.debug' 'train.launch.module' 'train.launch.nproc' 'train.launch.gpus' 'train.launch.nodes' 'train.launch.nnodes' 'train.launch.node_rank' 'train.launch.rdzv' 'train.launch.mixed_precision' 'train.launch.zero' 'train.launch.offload' 'train.launch.fsdp' 'train.launch.max_restarts' 'train.launch.config' 'train.launch.log_dir' 'train.launch.name' 'train.launch.detach' 'train.launch.after' 'train.launch.after_any' 'train.launch.when_free' 'train.launch.retries' 'train.launch.notify' 'train.launch.dry_run' 'train.launch.format' 'train.launch.quiet' 'train.launch.verbose' 'train.launch.debug' 'train.sbatch.nodes' 'train.sbatch.gpus' 'train.sbatch.cpus' 'train.sbatch.mem' 'train.sbatch.time' 'train.sbatch.partition' 'train.sbatch.account' 'train.sbatch.name' 'train.sbatch.before' 'train.sbatch.no_requeue' 'train.sbatch.more' 'train.sbatch.setup' 'train.sbatch.output' 'train.sbatch.overwrite' 'train.sbatch.quiet' 'train.sbatch.verbose' 'train.sbatch.debug' 'train.run.settings' 'train.run.name' 'train.run.resume' 'train.run.detach' 'train.run.after' 'train.run.after_any' 'train.run.when_free' 'train.run.retries' 'train.run.notify' 'train.run.push' 'train.run.private' 'train.run.dry_run' 'train.run.format' 'train.run.progress' 'train.run.quiet' 'train.run.verbose' 'train.run.debug' 'train.sweep.grid' 'train.sweep.settings' 'train.sweep.name' 'train.sweep.sample' 'train.sweep.sort' 'train.sweep.detach' 'train.sweep.after' 'train.sweep.after_any' 'train.sweep.when_free' 'train.sweep.retries' 'train.sweep.notify' 'train.sweep.push' 'train.sweep.private' 'train.sweep.dry_run' 'train.sweep.format' 'train.sweep.progress' 'train.sweep.quiet' 'train.sweep.verbose' 'train.sweep.debug' 'train.init.output' 'train.init.toml' 'train.init.format' 'train.init.quiet' 'train.init.verbose' 'train.init.debug' 'train.schema.everything' 'train.schema.search' 'train.schema.format' 'train.schema.quiet' 'train.schema.verbose' 'train.schema.debug' 'train.validate.format' 'train.validate.quiet' 'train.validate.verbose' 'train.validate.debug' 'train.plan.settings' 'train.plan.gpus' 'train.plan.host' 'train.plan.fit' 'train.plan.format' 'train.plan.quiet' 'train.plan.verbose' 'train.plan.debug' 'train.ls.format' 'train.ls.quiet' 'train.ls.verbose' 'train.ls.debug' 'train.show.format' 'train.show.quiet' 'train.show.verbose' 'train.show.debug' 'train.logs.follow' 'train.logs.events' 'train.logs.lines' 'train.logs.format' 'train.logs.quiet' 'train.logs.verbose' 'train.logs.debug' 'train.attach.lines' 'train.attach.format' 'train.attach.progress' 'train.attach.quiet' 'train.attach.verbose' 'train.attach.debug' 'train.compare.everything' 'train.compare.format' 'train.compare.quiet' 'train.compare.verbose' 'train.compare.debug' 'train.plot.metric' 'train.plot.log_y' 'train.plot.smooth' 'train.plot.start' 'train.plot.end' 'train.plot.follow' 'train.plot.ascii' 'train.plot.width' 'train.plot.height' 'train.plot.format' 'train.plot.quiet' 'train.plot.verbose' 'train.plot.debug' 'train.stop.grace' 'train.stop.kill' 'train.stop.dry_run' 'train.stop.format' 'train.stop.quiet' 'train.stop.verbose' 'train.stop.debug' 'train.resume.follow' 'train.resume.changed_reward' 'train.resume.detach' 'train.resume.after' 'train.resume.after_any' 'train.resume.when_free' 'train.resume.retries' 'train.resume.notify' 'train.resume.push' 'train.resume.private' 'train.resume.format' 'train.resume.quiet' 'train.resume.verbose' 'train.resume.debug' 'train.push.checkpoint' 'train.push.private' 'train.push.message' 'train.push.card' 'train.push.dry_run' 'train.push.format' 'train.push.progress' 'train.push.quiet' 'train.push.verbose' 'train.push.debug' 'train.note.clear' 'train.note.format' 'train.note.quiet' 'train.note.verbose' 'train.note.debug' 'train.rm.yes' 'train.rm.dry_run' 'train.rm.format' 'train.rm.quiet' 'train.rm.verbose' 'train.rm.debug' 'peft.methods.again' 'peft.methods.format' 'peft.methods.quiet' 'peft.methods.verbose' 'peft.methods.debug' 'peft.params.method' 'peft.params.settings' 'peft.params.task' 'peft.params.each' 'peft.params.format' 'peft.params.quiet' 'peft.params.verbose' 'peft.params.debug' 'peft.plan.recipe' 'peft.plan.chosen' 'peft.plan.settings' 'peft.plan.every' 'peft.plan.batch' 'peft.plan.length' 'peft.plan.checkpointing' 'peft.plan.gpus' 'peft.plan.host' 'peft.plan.fit' 'peft.plan.format' 'peft.plan.quiet' 'peft.plan.verbose' 'peft.plan.debug' 'peft.info.base' 'peft.info.layers' 'peft.info.each' 'peft.info.load' 'peft.info.allow_pickle' 'peft.info.format' 'peft.info.progress' 'peft.info.quiet' 'peft.info.verbose' 'peft.info.debug' 'peft.convert.to' 'peft.convert.path' 'peft.convert.base' 'peft.convert.dtype' 'peft.convert.part' 'peft.convert.verify' 'peft.convert.allow_pickle' 'peft.convert.overwrite' 'peft.convert.format' 'peft.convert.progress' 'peft.convert.quiet' 'peft.convert.verbose' 'peft.convert.debug' 'peft.merge.output' 'peft.merge.base' 'peft.merge.dtype' 'peft.merge.max_shard_size' 'peft.merge.verify' 'peft.merge.allow_pickle' 'peft.merge.device' 'peft.merge.overwrite' 'peft.merge.format' 'peft.merge.progress' 'peft.merge.quiet' 'peft.merge.verbose' 'peft.merge.debug' 'peft.unload.adapter' 'peft.unload.base' 'peft.unload.output' 'peft.unload.max_shard_size' 'peft.unload.overwrite' 'peft.unload.format' 'peft.unload.progress' 'peft.unload.quiet' 'peft.unload.verbose' 'peft.unload.debug' 'peft.combine.output' 'peft.combine.how' 'peft.combine.density' 'peft.combine.rank' 'peft.combine.majority_sign_method' 'peft.combine.seed' 'peft.combine.base' 'peft.combine.dry_run' 'peft.combine.overwrite' 'peft.combine.format' 'peft.combine.quiet' 'peft.combine.verbose' 'peft.combine.debug' 'peft.diff.limit' 'peft.diff.exit_code' 'peft.diff.format' 'peft.diff.progress' 'peft.diff.quiet' 'peft.diff.verbose' 'peft.diff.debug' 'peft.rescale.output' 'peft.rescale.scale' 'peft.rescale.alpha' 'peft.rescale.rank' 'peft.rescale.dry_run' 'peft.rescale.overwrite' 'peft.rescale.format' 'peft.rescale.quiet' 'peft.rescale.verbose' 'peft.rescale.debug' 'peft.extract.output' 'peft.extract.rank' 'peft.extract.targets' 'peft.extract.save_modules' 'peft.extract.no_check' 'peft.extract.dry_run' 'peft.extract.overwrite' 'peft.extract.format' 'peft.extract.progress' 'peft.extract.quiet' 'peft.extract.verbose' 'peft.extract.debug' 'peft.add.output' 'peft.add.method' 'peft.add.settings' 'peft.add.task' 'peft.add.seed' 'peft.add.dry_run' 'peft.add.overwrite' 'peft.add.format' 'peft.add.quiet' 'peft.add.verbose' 'peft.add.debug' 'chat.prompt' 'chat.system' 'chat.max_new_tokens' 'chat.temperature' 'chat.top_p' 'chat.seed' 'chat.device' 'chat.url' 'chat.last' 'chat.session' 'chat.no_save' 'chat.list_' 'chat.search' 'chat.limit' 'chat.export' 'chat.output' 'chat.delete' 'chat.yes' 'chat.format' 'chat.quiet' 'chat.verbose' 'chat.debug' 'mem.purpose' 'mem.task' 'mem.peft' 'mem.peft_set' 'mem.batch' 'mem.length' 'mem.target_length' 'mem.accumulation' 'mem.dtype' 'mem.mixed' 'mem.checkpointing' 'mem.attention' 'mem.optimizer' 'mem.no_foreach' 'mem.load_in' 'mem.zero' 'mem.fsdp' 'mem.offload' 'mem.gpus' 'mem.host' 'mem.fit' 'mem.format' 'mem.quiet' 'mem.verbose' 'mem.debug' 'eval.metrics' 'eval.list_' 'eval.prediction' 'eval.reference' 'eval.against' 'eval.average' 'eval.positive' 'eval.input_format' 'eval.skip_bad' 'eval.model' 'eval.task' 'eval.batch_size' 'eval.max_length' 'eval.split' 'eval.device' 'eval.format' 'eval.progress' 'eval.quiet' 'eval.verbose' 'eval.debug' 'demo.data' 'demo.ask' 'demo.expect' 'demo.steps' 'demo.fresh' 'demo.dry_run' 'demo.device' 'demo.format' 'demo.progress' 'demo.quiet' 'demo.verbose' 'demo.debug' 'ui.screen' 'ui.demo' 'ui.readonly' 'ui.mouse' 'ui.glyphs' 'ui.theme' 'ui.interval' 'ui.keymap' 'ui.keys' 'ui.format' 'ui.quiet' 'ui.verbose' 'ui.debug' 'gpu.watch' 'gpu.count' 'gpu.format' 'gpu.quiet' 'gpu.verbose' 'gpu.debug' 'gpu.procs.format' 'gpu.procs.quiet' 'gpu.procs.verbose' 'gpu.procs.debug' 'gpu.wait.free' 'gpu.wait.gpus' 'gpu.wait.util_below' 'gpu.wait.timeout' 'gpu.wait.interval' 'gpu.wait.uuid' 'gpu.wait.format' 'gpu.wait.quiet' 'gpu.wait.verbose' 'gpu.wait.debug' 'doctor.offline' 'doctor.only' 'doctor.format' 'doctor.quiet' 'doctor.verbose' 'doctor.debug' 'config.ls.everything' 'config.ls.format' 'config.ls.quiet' 'config.ls.verbose' 'config.ls.debug' 'config.get.format' 'config.get.quiet' 'config.get.verbose' 'config.get.debug' 'config.set.unset' 'config.set.project' 'config.set.format' 'config.set.quiet' 'config.set.verbose' 'config.set.debug' 'config.edit.project' 'config.edit.quiet' 'config.edit.verbose' 'config.edit.debug' 'config.path.project' 'config.path.quiet' 'config.path.verbose' 'config.path.debug' 'completion.wanted' 'completion.dry_run' 'completion.quiet' 'completion.verbose' 'completion.debug' 'help.quiet' 'help.verbose' 'help.debug'

# Offer values of $kind, with $argv[1] before each, for the text $argv[2], typed as $argv[3].
function __hfterm_value --no-scope-shadowing
    set -l found
    switch $kind
        case choice
            set found $choices
        case keys
            # One level at a time: there is a key for every option of every command.
            set -l level (string replace -r '[^.]*$' '' -- $argv[2])
            set -l start (string length -- $level)
            for key in $__hfterm_keys
                test (string sub -l $start -- $key) = "$level"; or test $start = 0; or continue
                set -l rest (string sub -s (math $start + 1) -- $key)
                set -a found $level(string replace -r '\..*' '.' -- $rest)
            end
            set found (printf '%s\n' $found | sort -u)
        case files
            set found (complete -C "'' $argv[3]")
        case folders
            set found (__fish_complete_directories $argv[3] '')
        case any ''
        case '*'
            if not string match -qr '^[./~]' -- $argv[2]
                set -l program hfterm
                test -x "$words[1]"; and string match -q '*/*' -- $words[1]; and set program $words[1]
                set found ($program __complete $kind $argv[2] $words[2..-1] 2>/dev/null)
            end
            if not set -q found[1]; and contains $kind models adapters places
                set found (complete -C "'' $argv[3]")
            end
    end
    for value in $found
        printf '%s\n' $argv[1]$value
    end
end

# Offer the options not given yet.
function __hfterm_options --no-scope-shadowing
    for row in $opts
        set -l parts (string split -m 1 \t -- $row)
        set -l spellings (string split , -- (string trim -l -c '*' -- $parts[1]))
        set -l used 0
        if not string match -q '\**' -- $row
            for spelling in $spellings
                contains -- $spelling $given; and set used 1
            end
        end
        test $used = 0; and printf '%s\n' $spellings\t$parts[2]
    end
end

function __hfterm_complete
    set -l words (commandline -opc)
    set -l raw (commandline -ct)
    # An open quote is closed before unescaping.
    set -l typed ''
    for closing in '' \" \'
        if set -l plain (string unescape -- $raw$closing 2>/dev/null)
            set typed $plain
            break
        end
    end
    set -l path ''
    set -l given
    set -l plain 0
    set -l pending 0
    set -l position 0
    set -l subs
    set -l opts
    set -l kind ''
    set -l choices
    set -l count 0
    __hfterm_command ''
    for word in $words[2..-1]
        if test $pending -gt 0
            set pending (math $pending - 1)
        else if test $plain = 0; and string match -q -- '-?*' $word
            switch $word
                case --
                    set plain 1
                case '--*=*'
                    set -a given (string replace -r '=.*' '' -- $word)
                case '--*'
                    set -a given $word
                    __hfterm_option $path $word
                    set pending $count
                case '*'
                    set -l letters (string split '' -- (string sub -s 2 -- $word))
                    for n in (seq (count $letters))
                        set -a given -$letters[$n]
                        __hfterm_option $path -$letters[$n]
                        if test $count -gt 0
                            set pending $count
                            test $n -lt (count $letters); and set pending (math $count - 1)
                            break
                        end
                    end
            end
        else if set -q subs[1]
            string match -q -- $word\t'*' $subs; or return
            set path (string trim -- "$path $word")
            set plain 0
            set position 0
            __hfterm_command $path
        else
            set position (math $position + 1)
        end
    end
    if test $pending -gt 0
        __hfterm_value '' $typed $raw
    else if test $plain = 0; and string match -q -- '--*=*' $typed
        set -l pair (string split -m 1 = -- $typed)
        __hfterm_option $path $pair[1]
        __hfterm_value $pair[1]= "$pair[2]" (string replace -r '^[^=]*=' '' -- $raw)
    else if test $plain = 0; and string match -q -- '-*' $typed
        if string match -qr '^-[^-].' -- $typed
            for n in (seq 2 (math (string length -- $typed) - 1))
                __hfterm_option $path -(string sub -s $n -l 1 -- $typed)
                if test $count -gt 0
                    __hfterm_value (string sub -l $n -- $typed) (string sub -s (math $n + 1) -- $typed) ''
                    return
                end
            end
        end
        __hfterm_options
    else if set -q subs[1]
        printf '%s\n' $subs
    else
        __hfterm_argument $path $position
        if test -z "$kind$typed"; and test $plain = 0
            __hfterm_options
        else
            __hfterm_value '' $typed $raw
        end
    end
end

complete -c hfterm -f -a '(__hfterm_complete)'
