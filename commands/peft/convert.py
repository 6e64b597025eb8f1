"""hfterm peft convert."""

import click

from hfterm.output import Output

from ..options import command, overwrite_option


@command(progress=True)
@click.argument("adapter", help="A folder, a file, a Hub id or run:NAME.")
@click.option(
    "--to", required=True, type=click.Choice(["peft", "gguf", "kohya", "diffusers", "adapters"]), help="The format."
)
@click.option("-o", "--output", "path", metavar="PATH", required=True, help="The file; for peft and adapters a folder.")
@click.option("--base", metavar="MODEL", help="Base model. [default: the one the adapter names]")
@click.option("--dtype", type=click.Choice(["float32", "float16"]), help="Of a GGUF file. [default: float32]")
@click.option(
    "--part",
    type=click.Choice(["unet", "transformer", "text_encoder", "text_encoder_2", "text_encoder_3"]),
    help="Of a pipeline, to kohya or diffusers. [default: by its modules]",
)
@click.option("--verify", is_flag=True, help="Load the original with the adapters library and compare.")
@click.option("--allow-pickle", is_flag=True, help="Take weights of torch.save too; tensors alone are loaded.")
@overwrite_option
def cli(
    out: Output,
    adapter: str,
    to: str,
    path: str,
    base: str | None,
    dtype: str | None,
    part: str | None,
    verify: bool,
    allow_pickle: bool,
    overwrite: bool,
) -> None:
    """Convert an adapter to another program's format.

    gguf: a LoRA for llama.cpp (--lora), with its names and its order of rows; of the base model only config.json is
    read. kohya, diffusers: a file for diffusion models, from PEFT or the other of them; ranks and alphas go over. peft:
    from those files, or from a checkpoint of the adapters library (Adapter Transformers): LoRA and (IA)3 do exactly the
    same, what PEFT has no method for is refused, with the reason. adapters: a pickled checkpoint of that library, of
    whatever method, as safetensors. The result is read back before it appears; its path is printed.

    --verify makes an environment with that library, once, has it load the original onto the base model, and compares
    what both compute for a few tokens. If they differ by more than 1 percent of what the adapter changes, and float32's
    rounding, nothing is written and the exit code is 6.

    \b
    Examples:
      hfterm peft convert run:demo --to gguf -o demo.gguf
      hfterm peft convert ./adapter --to gguf --dtype float16 -o a.gguf
      hfterm peft convert style.safetensors --to diffusers -o new.safetensors
      hfterm peft convert ./old --to peft --allow-pickle -o new
      hfterm peft convert ./old --to peft --verify --base ./model -o new
    """
    from hfterm.peft.convert.run import convert
    from hfterm.progress import Progress

    made = convert(
        adapter, to, path, base=base, dtype=dtype, part=part, allow_pickle=allow_pickle, overwrite=overwrite,
        note=out.note, verify=Progress(out) if verify else None,
    )  # fmt: skip
    for line in made.notes:
        out.note(line)
    if made.drift is not None and not verify:
        out.note(f"read back: drift {made.drift:.2g} of the largest number that it adds")
    out.artifact(made.path, **made.facts())
