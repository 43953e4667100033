//! The help: what the fluids are, what the network learnt from, where it fails. The facts are
//! those of `weights/MODEL_CARD.md`, which a test holds.

use oct::FluidClass;

use super::Text;

texts! {
    TITLE = "Help", "帮助";
    OPEN = "Help (key ?)", "帮助（按键 ?）";
    CLOSE = "Close", "关闭";
    THE_KEYS = "Keys", "快捷键";
    THE_FLUIDS = "The three fluids", "三种积液";
    THE_NETWORK = "What the network learnt from", "网络的训练数据";
    WHERE_IT_FAILS = "Where it fails", "不可靠之处";

    ABOUT_IRF = "Intraretinal fluid lies within the retina: dark, rounded cysts between its layers.", "视网膜内液位于视网膜各层之间，呈暗色圆形囊腔。";
    ABOUT_SRF = "Subretinal fluid lies between the retina and the pigment epithelium beneath it: a dark, smooth pocket.", "视网膜下液位于视网膜与其下方的色素上皮之间，呈暗色、边界平滑的腔隙。";
    ABOUT_PED = "A pigment epithelial detachment lifts the pigment epithelium off Bruch's membrane as a dome. All that lies beneath the dome counts, dark or grey.", "色素上皮脱离使色素上皮自 Bruch 膜呈穹窿状隆起；隆起之下的全部内容，无论暗或灰，均计入其中。";

    LEARNT_REAL = "66 B-scans of six eyes with diabetic macular oedema (Duke, Spectralis), in which IRF and SRF are marked as one, and 65 B-scans of one more eye (Bonn, Spectralis).", "六只糖尿病性黄斑水肿眼的 66 幅 B 扫描（Duke，Spectralis），其中 IRF 与 SRF 合并标注；以及另一只眼的 65 幅 B 扫描（Bonn，Spectralis）。";
    LEARNT_GENERATED = "1500 generated B-scans: only these tell IRF, SRF and PED apart, and one by one the three were measured on generated eyes only.", "1500 幅合成 B 扫描：只有它们区分 IRF、SRF 与 PED，三者各自的准确度也仅在合成眼上检验过。";
    NEVER_SCORED = "No real scan of a Cirrus or a Topcon was ever scored.", "从未在真实的 Cirrus 或 Topcon 扫描上评分。";

    MISSES_CYSTS = "Small and faint cysts are missed, most of all in the inner retina.", "小而淡的囊腔会被漏掉，尤其在视网膜内层。";
    BLURRED_OEDEMA = "Oedema without a clear border is drawn differently than a person does.", "边界不清的水肿，其轮廓与人工勾画不同。";
    MISSES_SPECKS = "Specks of fluid beside or under the RPE are missed or called PED, and so is fluid cut off by the edge of the scan.", "RPE 旁或其下的小片积液会被漏掉或判为 PED；被扫描边缘截断的积液亦然。";
    OPTIC_DISC = "Hollows of the optic disc can be taken for IRF.", "视盘凹陷可能被当作 IRF。";
    INVENTS_SRF = "SRF can be invented in the look of a Topcon.", "在 Topcon 图像风格下可能凭空出现 SRF。";
    FALSE_ALARMS = "Specks of IRF are invented in noisy scans with drusen or traction, and the floor of a macular hole is taken for it. A presence score is no probability.", "在噪声大且有玻璃膜疣或牵拉的扫描中会凭空出现 IRF 小片，黄斑裂孔的底部也会被当作 IRF；存在评分并非概率。";
    LOOK_AT_THE_MASK = "Do not rely on a single figure: look at the mask.", "不要依赖单个数值：请查看掩膜。";
}

/// What a fluid is, in a sentence or two.
pub fn about(class: FluidClass) -> Text {
    match class {
        FluidClass::Irf => ABOUT_IRF,
        FluidClass::Srf => ABOUT_SRF,
        FluidClass::Ped => ABOUT_PED,
    }
}

/// What the network learnt from.
pub const LEARNT_FROM: [Text; 3] = [LEARNT_REAL, LEARNT_GENERATED, NEVER_SCORED];

/// Where it fails.
pub const FAILS: [Text; 7] =
    [MISSES_CYSTS, BLURRED_OEDEMA, MISSES_SPECKS, OPTIC_DISC, INVENTS_SRF, FALSE_ALARMS, LOOK_AT_THE_MASK];

#[cfg(test)]
mod tests {
    #[test]
    fn what_is_said_of_the_network_stands_in_its_model_card() {
        let card = include_str!("../../weights/MODEL_CARD.md");
        for fact in [
            "66 B-scans of six eyes",
            "65 B-scans of one eye",
            "1500 generated B-scans",
            "One by one the three fluids were measured on generated eyes only",
            "No real scan of a Cirrus or a Topcon was ever scored",
            "Small and faint cysts are missed",
            "Oedema without a clear border",
            "Specks of fluid beside or under the RPE",
            "Hollows of the optic disc",
            "SRF can be invented",
            "False alarms on real eyes without fluid",
            "The floor of a macular hole is marked as IRF",
            "Do not rely on a single figure: look at the mask.",
        ] {
            assert!(card.contains(fact), "{fact}");
        }
    }
}
