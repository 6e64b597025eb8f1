"""The versions that hfterm is tested with, for ``hfterm doctor``.

Made from constraints.txt by ``python -m cogapp -r hfterm/monitor/tested.py`` in the root of the project.
"""

# [[[cog
# import re, pathlib
# print("TESTED: dict[str, str] = {")
# for line in sorted(pathlib.Path("constraints.txt").read_text().splitlines()):
#     if match := re.match(r"([A-Za-z0-9][\w.-]*)==([^\s;]+)", line):
#         print(f'    "{re.sub("[-_.]+", "-", match[1]).lower()}": "{match[2]}",')
# print("}")
# ]]]
TESTED: dict[str, str] = {
    "accelerate": "1.15.0",
    "click": "8.5.1",
    "datasets": "5.2.0",
    "deepspeed": "0.19.8",
    "evaluate": "0.4.6",
    "gguf": "0.19.0",
    "hf-xet": "1.8.0",
    "huggingface-hub": "2.4.0",
    "jinja2": "3.1.6",
    "nncf": "3.4.0",
    "nvidia-ml-py": "13.615.71",
    "onnx": "1.23.2",
    "onnxruntime": "1.32.0",
    "openvino": "2026.4.1",
    "optimum": "2.3.0",
    "packaging": "26.3",
    "peft": "0.21.2",
    "platformdirs": "4.14.7",
    "psutil": "7.2.2",
    "pyyaml": "6.0.3",
    "rich": "15.0.0",
    "textual": "8.2.8",
    "tokenizers": "0.23.3",
    "tomlkit": "0.15.2",
    "torch": "2.13.0",
    "torchao": "0.18.0",
    "transformers": "5.23.0",
    "trl": "1.16.0",
}
# [[[end]]]
