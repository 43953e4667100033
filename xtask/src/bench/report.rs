//! The files in docs/benchmarks: a table, its JSON, a plot.

use std::fmt::Write as _;
use std::fs;

use anyhow::{Context, Result};
use serde_json::{Value, json};

use super::cost::{Cost, Point};
use super::material::{Material, version};
use super::plot;
use super::table::{Row, markdown};
use crate::process::{output, root};

/// What was measured, and where.
pub struct Report {
    pub rows: Vec<Row>,
    pub cost: Cost,
    /// Of the pipeline, as the page tells them.
    pub parts: Value,
    machine: String,
    /// For names of files.
    short_machine: String,
    versions: Vec<(String, String)>,
    /// The part, where only one was measured.
    only: Option<String>,
    runs: usize,
    quick: bool,
}

impl Report {
    /// An empty one.
    pub fn new(material: &Material, only: Option<String>) -> Self {
        let (arch, features) = (std::env::consts::ARCH, features());
        let cores = material.cores;
        let model = cpu_model().map(|model| format!(", {model}")).unwrap_or_default();
        let browser = |key: &str| material.browser[key].as_str().unwrap_or("unknown").to_owned();
        let adapter = material.browser["adapter"]["name"].as_str().unwrap_or("none").to_owned();
        Self {
            rows: Vec::new(),
            cost: Cost::default(),
            parts: Value::Null,
            machine: format!("{cores} cores, {arch}, {features}{model}, {}", std::env::consts::OS),
            short_machine: format!("{cores}-cores-{arch}-{features}"),
            versions: vec![
                ("Lacuna".to_owned(), revision()),
                ("Chromium".to_owned(), browser("version")),
                ("WebGPU adapter".to_owned(), adapter),
                ("onnxruntime-web".to_owned(), material.onnxruntime_web.clone()),
                ("playwright-core".to_owned(), version("playwright-core").unwrap_or_default()),
                (
                    "built by".to_owned(),
                    match material.built {
                        true => output("rustc", &["--version"]).unwrap_or_default(),
                        false => "an earlier call (`--no-build`), perhaps of other sources".to_owned(),
                    },
                ),
            ],
            only,
            runs: material.runs,
            quick: material.quick,
        }
    }

    /// Prints the table and writes the files.
    pub fn write(&self) -> Result<()> {
        let date = output("date", &["-u", "+%F"]).context("`date` told no date")?;
        let folder = root().join("docs/benchmarks");
        fs::create_dir_all(&folder)?;
        let quick = if self.quick { "-quick" } else { "" };
        let only = self.only.as_ref().map(|part| format!("-{part}-only")).unwrap_or_default();
        let name = format!("{date}-{}{only}{quick}", self.short_machine);
        let has_cost = !self.cost.of_bscans.is_empty();
        let plot = format!("{name}.svg");
        let text = self.markdown(&date, has_cost.then_some(plot.as_str()));
        println!("\n{text}");
        fs::write(folder.join(format!("{name}.md")), &text)?;
        fs::write(
            folder.join(format!("{name}.json")),
            serde_json::to_string_pretty(&self.json(&date))? + "\n",
        )?;
        if has_cost {
            fs::write(folder.join(plot), plot::svg(&self.cost, &self.machine))?;
        }
        println!("Written to docs/benchmarks/{name}.md and .json");
        Ok(())
    }

    fn markdown(&self, date: &str, plot: Option<&str>) -> String {
        let mut text = format!("# {date}, {}\n\n", self.machine);
        if self.quick {
            text.push_str("Made with `--quick`: shows that the tool works, not how fast anything is.\n\n");
        }
        let versions: Vec<String> =
            self.versions.iter().map(|(name, version)| format!("{name} {version}")).collect();
        // Writing to a string does not fail.
        let _ = writeln!(text, "{}.\n\nMedian of {} runs (least to most).\n", versions.join("; "), self.runs);
        if !self.rows.is_empty() {
            text.push_str(&markdown(&self.rows));
        }
        if let Some(plot) = plot {
            let _ = writeln!(text, "\n## Cost\n\nDrop to last mask on one lane.\n\n![Cost]({plot})\n");
            text.push_str(
                "| B-scans | columns | s | most memory of the page's process, MiB |\n|---|---|---|---|\n",
            );
            for point in self.points() {
                let seconds = point.seconds.spread().map(|spread| {
                    format!("**{:.2}** ({:.2} to {:.2})", spread.median, spread.min, spread.max)
                });
                let not_had = || "not had".to_owned();
                let mib = point.peak_mib.map_or_else(not_had, |mib| format!("{mib:.0}"));
                let seconds = seconds.unwrap_or_else(not_had);
                let _ = writeln!(text, "| {} | {} | {seconds} | {mib} |", point.bscans, point.columns);
            }
        }
        text
    }

    fn json(&self, date: &str) -> Value {
        let versions: serde_json::Map<String, Value> =
            self.versions.iter().map(|(name, version)| (name.clone(), json!(version))).collect();
        json!({
            "date": date,
            "machine": self.machine,
            "quick": self.quick,
            "runs": self.runs,
            "versions": versions,
            "rows": self.rows.iter().map(Row::json).collect::<Vec<_>>(),
            "pipeline_parts": self.parts,
            "cost": self.points().map(Point::json).collect::<Vec<_>>(),
        })
    }

    fn points(&self) -> impl Iterator<Item = &Point> {
        self.cost.of_bscans.iter().chain(&self.cost.of_width)
    }
}

/// What of the processor decides how fast kernels are.
fn features() -> &'static str {
    #[cfg(target_arch = "x86_64")]
    {
        if std::arch::is_x86_feature_detected!("avx512f") {
            return "avx512";
        }
        if std::arch::is_x86_feature_detected!("avx2") {
            return "avx2";
        }
        "sse2"
    }
    #[cfg(not(target_arch = "x86_64"))]
    "baseline"
}

fn cpu_model() -> Option<String> {
    let info = fs::read_to_string("/proc/cpuinfo").ok()?;
    let line = info.lines().find(|line| line.starts_with("model name"))?;
    Some(line.split_once(':')?.1.trim().to_owned())
}

fn revision() -> String {
    let commit = output("git", &["rev-parse", "--short", "HEAD"]).unwrap_or_default();
    let changed = output("git", &["status", "--porcelain", "--", ".", ":!docs/benchmarks"])
        .is_some_and(|files| !files.is_empty());
    format!("{commit}{}", if changed { " and changes" } else { "" })
}
