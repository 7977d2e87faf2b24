"""Owns the only binding to `libLiteRt`: one model, pixels in, scores out.

The C API's shapes are those of LiteRT's headers (google-ai-edge/LiteRT, litert/c). What differs between the
versions that may ship (2.1.0 to 2.3.0) is told apart by the symbols that a library exports.
"""

import ctypes
import os
import sys

from tulle_runtime.faults import ModelFault

__all__ = ["LiteRtModel", "processors"]

_FLOAT32, _UINT8 = 1, 3  # LiteRtElementType
_HOST_MEMORY = 1  # LiteRtTensorBufferType
_INT = 2  # LiteRtAnyType
_CPU = 1  # LiteRtHwAccelerators
_READ, _WRITE = 0, 1  # LiteRtTensorBufferLockMode
_MAX_RANK = 8
_LIBRARY = "libLiteRt.dylib" if sys.platform == "darwin" else "libLiteRt.so"


class _TensorType(ctypes.Structure):
    """LiteRtRankedTensorType: the rank shares a word with the has_strides bit."""

    _fields_ = (
        ("element_type", ctypes.c_int),
        ("rank", ctypes.c_uint, 7),
        ("has_strides", ctypes.c_uint, 1),
        ("dimensions", ctypes.c_int32 * _MAX_RANK),
        ("strides", ctypes.c_uint32 * _MAX_RANK),
    )


class _Option(ctypes.Structure):
    """LiteRtEnvOption, with an integer in its LiteRtAny (which is aligned to 8 bytes)."""

    _fields_ = (
        ("tag", ctypes.c_int64),
        ("value_type", ctypes.c_int64),
        ("value", ctypes.c_int64),
    )


# Look for no GPU and no NPU, which no function has, and log errors alone. LiteRT before 2.1.4 ignores both.
_ENVIRONMENT_OPTIONS = (_Option * 2)(
    _Option(24, _INT, _CPU),  # kLiteRtEnvOptionTagAutoRegisterAccelerators
    _Option(25, _INT, 3),  # kLiteRtEnvOptionTagMinLoggerSeverity, kLiteRtLogSeverityError
)


class LiteRtModel:
    """One compiled classifier, for `uint8[1, height, width, 3]` in and `float32[1, classes]` out.

    Args:
        path: the `.tflite` file.
        threads: how many threads may work on one picture; 0 means one for each processor.

    Raises:
        ModelFault: the library or the model cannot be loaded, or the model has another shape.
    """

    def __init__(self, path: str, *, threads: int = 0) -> None:
        self._lib = _load_library()
        self._environment = self._new("LiteRtCreateEnvironment", 2, _ENVIRONMENT_OPTIONS)
        model = self._open(path)
        signature = self._new("LiteRtGetModelSignature", model, _size(0))
        input_type = self._tensor_type("Input", signature)
        output_type = self._tensor_type("Output", signature)
        _check_types(input_type, output_type, path)
        self.height, self.width = input_type.dimensions[1:3]
        self.classes = output_type.dimensions[output_type.rank - 1]
        options = self._options(threads or processors())
        self._compiled = self._compile(model, options)
        self._input = self._buffer(input_type, self.height * self.width * 3)
        self._output = self._buffer(output_type, self.classes * 4)

    def run(self, pixels: bytes) -> list[float]:
        """Score one picture.

        Args:
            pixels: RGB, row by row, `height * width * 3` bytes.

        Returns:
            One score a class, in the model's order.
        """
        expected = self.height * self.width * 3
        if len(pixels) != expected:
            raise ValueError(f"{len(pixels)} bytes of pixels given, the model takes {expected}")
        address = self._lock(self._input, _WRITE)
        ctypes.memmove(address, pixels, expected)
        self._call("LiteRtUnlockTensorBuffer", self._input)
        self._call(
            "LiteRtRunCompiledModel",
            self._compiled,
            _size(0),
            _size(1),
            ctypes.byref(self._input),
            _size(1),
            ctypes.byref(self._output),
        )
        address = self._lock(self._output, _READ)
        scores = list((ctypes.c_float * self.classes).from_address(address))
        self._call("LiteRtUnlockTensorBuffer", self._output)
        return [_shortest(score) for score in scores]

    def _open(self, path: str) -> ctypes.c_void_p:
        if not os.path.isfile(path):  # noqa: PTH113 (pathlib costs a cold start 5 ms)
            raise ModelFault(f"there is no model at {path}")
        name = os.fsencode(path)
        # Both came with 2.1.6: this symbol, and the environment that loading takes.
        if hasattr(self._lib, "LiteRtCreateModelFromFd"):
            return self._new("LiteRtCreateModelFromFile", self._environment, name)
        return self._new("LiteRtCreateModelFromFile", name)

    def _compile(self, model: ctypes.c_void_p, options: ctypes.c_void_p) -> ctypes.c_void_p:
        """Compile; what LiteRT then writes to stderr is remarks, or the reason for the fault."""
        reading, writing = os.pipe()
        os.set_blocking(writing, False)
        stderr = os.dup(2)
        os.dup2(writing, 2)
        os.close(writing)
        try:
            return self._new("LiteRtCreateCompiledModel", self._environment, model, options)
        except ModelFault as fault:
            os.dup2(stderr, 2)  # now nobody writes, and reading ends even where nothing was said
            said = os.read(reading, 65_536).decode(errors="replace").strip()
            raise ModelFault(f"{fault}: {said or 'it does not say why'}") from None
        finally:
            os.dup2(stderr, 2)
            os.close(reading)
            os.close(stderr)

    def _tensor_type(self, side: str, signature: ctypes.c_void_p) -> _TensorType:
        tensor = self._new(f"LiteRtGetSignature{side}TensorByIndex", signature, _size(0))
        tensor_type = _TensorType()
        self._call("LiteRtGetRankedTensorType", tensor, ctypes.byref(tensor_type))
        tensor_type.dimensions[0] = 1  # a Keras model leaves its batch open (-1)
        return tensor_type

    def _options(self, threads: int) -> ctypes.c_void_p:
        options = self._new("LiteRtCreateOptions")
        self._call("LiteRtSetOptionsHardwareAccelerators", options, _CPU)
        if hasattr(self._lib, "LiteRtSetCpuOptionsNumThread"):  # up to 2.1.2
            cpu = self._new("LiteRtCreateCpuOptions")
            data = self._new("LiteRtFindCpuOptions", cpu)
            self._call("LiteRtSetCpuOptionsNumThread", data, threads)
        else:
            self._settings = ctypes.create_string_buffer(f"num_threads = {threads}\n".encode())
            cpu = self._new("LiteRtCreateOpaqueOptions", b"xnnpack", self._settings, _KEEP)
        self._call("LiteRtAddOpaqueOptions", options, cpu)
        return options

    def _buffer(self, tensor_type: _TensorType, size: int) -> ctypes.c_void_p:
        return self._new(
            "LiteRtCreateManagedTensorBuffer",
            self._environment,
            _HOST_MEMORY,
            ctypes.byref(tensor_type),
            _size(size),
        )

    def _lock(self, buffer: ctypes.c_void_p, mode: int) -> int:
        address = ctypes.c_void_p()
        self._call("LiteRtLockTensorBuffer", buffer, ctypes.byref(address), mode)
        assert address.value is not None  # noqa: S101 (a locked buffer has an address)
        return address.value

    def _new(self, function: str, *arguments: object) -> ctypes.c_void_p:
        """Call a function whose last parameter receives the handle of what it makes or finds."""
        handle = ctypes.c_void_p()
        self._call(function, *arguments, ctypes.byref(handle))
        return handle

    def _call(self, function: str, *arguments: object) -> None:
        status = getattr(self._lib, function)(*arguments)
        if status:
            raise ModelFault(f"LiteRT refused the model: {function} answered {status}")


def _keep(_: object) -> None:
    """Free nothing: the settings' text belongs to the `LiteRtModel`."""


_KEEP = ctypes.CFUNCTYPE(None, ctypes.c_void_p)(_keep)
_size = ctypes.c_size_t


def _load_library() -> ctypes.CDLL:
    """Find the library where pip or a bundle puts it, without importing the package around it."""
    for folder in sys.path:
        path = os.path.join(folder, "ai_edge_litert", _LIBRARY)  # noqa: PTH118
        if os.path.isfile(path):  # noqa: PTH113
            try:
                return ctypes.CDLL(path)
            except OSError as exc:
                raise ModelFault(f"{path} does not load on this system: {exc}") from exc
    raise ModelFault(f"{_LIBRARY} is missing: install ai-edge-litert 2.1 or later")


def processors() -> int:
    """Count the processors that this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def _shortest(score: float) -> float:
    """Give the shortest decimal that names the same 32-bit float: 0.1, where its 64-bit value is 0.10000000149."""
    for digits in (6, 7, 8):
        candidate = float(f"{score:.{digits}g}")
        if ctypes.c_float(candidate).value == score:
            return candidate
    return float(f"{score:.9g}")


def _check_types(input_type: _TensorType, output_type: _TensorType, path: str) -> None:
    shape = list(input_type.dimensions[: input_type.rank])
    if input_type.element_type != _UINT8 or len(shape) != 4 or shape[3] != 3 or min(shape) < 1:
        raise ModelFault(
            f"{path} takes type {input_type.element_type}, shape {shape}; "
            "the function serves models that take uint8[1, height, width, 3], as `tulle convert` makes them"
        )
    if output_type.element_type != _FLOAT32 or output_type.rank < 1:
        raise ModelFault(f"{path} does not answer with float32 scores")
