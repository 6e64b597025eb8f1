"""Pretended GPUs for the tests of this folder."""

from support.fakenvml.fixtures import machine, nvml_library, old_machine, old_nvml_library

__all__ = ["machine", "nvml_library", "old_machine", "old_nvml_library"]
