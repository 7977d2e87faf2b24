from __future__ import annotations

from dataclasses import replace

import pytest

from tulle.model.sources.tflite.graph import Graph, Operation, Quantization, Tensor, TensorType
from tulle.model.sources.tflite.guess import guess_preprocessing


def tensor(
    kind: TensorType = TensorType.FLOAT32, scale: float = 0.0, zero_point: int = 0
) -> Tensor:
    quantization = Quantization(scale=scale, zero_point=zero_point) if scale else None
    return Tensor(index=0, type=kind, shape=(1, 20, 30, 3), quantization=quantization)


GRAPH = Graph(
    has_weights_behind=False,
    tensors=2,
    few_bits=False,
    input=tensor(),
    output=tensor(),
    names=(),
    operations=frozenset({Operation.CONV_2D, Operation.DEPTHWISE_CONV_2D}),
    first=Operation.CONV_2D,
    first_constants=(0.1, 0.2),
    first_output=None,
    reshapes_last=False,
    last=Operation.SOFTMAX,
)


@pytest.mark.parametrize(
    ("operation", "constants", "name"),
    [
        (Operation.MUL, (1 / 255,), "none"),
        (Operation.MUL, (1 / 127.5,), "none"),
        (Operation.MUL, (2.0,), "0..1"),
        (Operation.DIV, (255.0,), "none"),
        (Operation.SUB, (123.68, 116.78, 103.94), "none"),
        (Operation.SUB, (0.485, 0.456, 0.406), "0..1"),
        (Operation.ADD, (-127.5,), "none"),
    ],
)
def test_arithmetic_inside_tells_what_goes_in(
    operation: Operation, constants: tuple[float, ...], name: str
) -> None:
    graph = replace(GRAPH, first=operation, first_constants=constants)
    guess = guess_preprocessing(graph, None)
    assert guess.preprocessing.name == name
    assert guess.certain


@pytest.mark.parametrize(
    ("quantised", "name"),
    [
        (tensor(TensorType.INT8, 1 / 127.5, -1), "-1..1"),
        (tensor(TensorType.UINT8, 1 / 128, 128), "-1..1"),
        (tensor(TensorType.INT8, 1 / 255, -128), "0..1"),
        (tensor(TensorType.INT8, 1.0, -128), "none"),
        (tensor(TensorType.INT8, 4.758 / 255, -14), "-2.13..2.63"),
    ],
)
def test_a_quantised_range_tells_what_goes_in(quantised: Tensor, name: str) -> None:
    graph = replace(GRAPH, first=Operation.QUANTIZE, first_output=quantised)
    assert guess_preprocessing(graph, None).preprocessing.name == name


def test_metadata_goes_before_what_can_be_seen() -> None:
    guess = guess_preprocessing(GRAPH, ((127.5,), (127.5,)))
    assert guess.preprocessing.mean == guess.preprocessing.std == (127.5, 127.5, 127.5)
    assert guess.certain
    torch = guess_preprocessing(GRAPH, ((0.485, 0.456, 0.406), (0.229, 0.224, 0.225)))
    assert torch.preprocessing.mean[0] == pytest.approx(0.485 * 255)


@pytest.mark.parametrize(
    "name", ["serving_default_rescaling_input:0", "sequential/rescaling_1/mul", "a;b/rescaling/add"]
)
def test_a_rescaling_that_was_merged_into_a_convolution_is_known_by_its_name(name: str) -> None:
    guess = guess_preprocessing(replace(GRAPH, names=("x", name)), None)
    assert guess.preprocessing.name == "none"
    assert guess.certain


@pytest.mark.parametrize(
    ("name", "application"),
    [
        ("functional_1/mobilenetv2_1.00_96_1/block_16_depthwise_relu_1/Relu6", "mobilenet_v2"),
        ("functional_1/block_16_depthwise_BN_1/batchnorm/mul_1", "mobilenet_v2"),
        ("sequential_8/sequential_5/model2/expanded_conv_depthwise_BN/Fused", "mobilenet_v2"),
        ("functional_1/conv_dw_13_relu_1/Relu6", "mobilenet"),
        ("MobilenetV1/Logits/Conv2d_1c_1x1/BiasAdd", "mobilenet"),
        ("model/MobilenetV3large/Conv/Conv2D", "mobilenet_v3"),
        ("model_2/xception/block1_conv1/Conv2D", "xception"),
        ("model/block3_sepconv2_bn/FusedBatchNormV3", "xception"),
        ("model/efficientnetb0/stem_conv/Conv2D", "efficientnet"),
        ("model/efficientnetv2-b0/stem_conv/Conv2D", "efficientnet_v2"),
        ("model/resnet50/conv1_conv/Conv2D", "resnet"),
        ("model/conv2_block1_1_conv/Conv2D", "resnet"),
        ("model/resnet50v2/conv1_conv/Conv2D", "resnet_v2"),
        ("model/densenet121/conv1/conv/Conv2D", "densenet"),
        ("model/vgg16/block1_conv1/Conv2D", "vgg16"),
        ("model/block5_conv4/Conv2D", "vgg19"),
        ("model/inception_v3/mixed0/concat", "inception_v3"),
        ("model/inception_resnet_v2/mixed_5b/concat", "inception_resnet_v2"),
    ],
)
def test_a_keras_application_is_known_by_its_layers(name: str, application: str) -> None:
    guess = guess_preprocessing(replace(GRAPH, names=(name,)), None)
    assert guess.preprocessing.name == application
    assert application in guess.reason
    assert not guess.certain


@pytest.mark.parametrize(
    ("changed", "name"),
    [
        ({}, "-1..1"),
        ({"operations": frozenset({Operation.CONV_2D})}, "0..1"),
        ({"names": ("sequential/keras_layer/StatefulPartitionedCall",)}, "0..1"),
        ({"input": replace(tensor(), shape=(1, 28, 28))}, "0..1"),
        ({"input": replace(tensor(), shape=(1, 28, 28, 1))}, "0..1"),
        (
            {"names": ("model/tf.nn.convolution_1/convolution",)},
            "0..1, mean 0.485,0.456,0.406, std 0.229,0.224,0.225",
        ),
        (
            {"input": replace(tensor(), shape=(1, 3, 20, 30))},
            "0..1, mean 0.485,0.456,0.406, std 0.229,0.224,0.225",
        ),
    ],
)
def test_without_a_sign_the_kind_is_what_a_guess_goes_by(
    changed: dict[str, object], name: str
) -> None:
    guess = guess_preprocessing(replace(GRAPH, **changed), None)  # type: ignore[arg-type]  # any field
    assert guess.preprocessing.name == name
    assert not guess.certain
