//! Device and network, and how the engine is.

use super::{Locale, parameters};

texts! {
    TITLE = "Computed on", "计算设备";
    SELF_TEST_PASSED = "Self-test passed: a stored input gave the stored answer.", "自检通过：预存输入得到了预存结果。";
    WITHOUT_GPU = "the engine stopped while it started, so a GPU is left out", "引擎在启动时停止，因此不使用 GPU";
    NETWORK = "Network", "网络";
    WEIGHTS = "Weights", "权重";
    OWN_WEIGHTS = "a person's own weights", "用户自己的权重";

    LOADING = "loading the engine", "正在加载引擎";
    FETCHING_WEIGHTS = "fetching the network", "正在获取神经网络模型";
    LOOKING_FOR_GPU = "looking for a GPU", "正在查找 GPU";
    SELF_TEST = "testing the device", "正在检测设备";
    COMPARING_DEVICES = "comparing GPU and CPU", "正在比较 GPU 与 CPU";
    STARTING_CPU_WORKERS = "starting the CPU lanes", "正在启动 CPU 线程";
    READY = "engine ready", "引擎就绪";
    NO_DEVICE = "no device to compute on", "没有可用的计算设备";
    STOPPED = "engine stopped", "引擎已停止";
}

/// How large the network is.
pub fn network_size(locale: Locale, count: u64) -> String {
    let count = parameters(locale, count);
    match locale {
        Locale::English => format!("{count} parameters"),
        Locale::Chinese => format!("{count}个参数"),
    }
}

/// That the weights are a person's own.
pub fn own_weights(locale: Locale, file: &str) -> String {
    match locale {
        Locale::English => format!("Your own weights ({file}), until the page is loaded again"),
        Locale::Chinese => format!("您自己的权重（{file}），重新加载页面前有效"),
    }
}
