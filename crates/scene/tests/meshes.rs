//! Meshes against the labels that they are of.
#![allow(clippy::unwrap_used, reason = "helpers of tests are tests")]

use std::collections::{BTreeMap, HashMap};
use std::time::Instant;

use oct::{Axis, FluidClass, RunLengths};
use oct_phantom::{Eye, EyeConfig, FluidMix, VendorStyle};
use scene::{Ends, Mesh, SceneVolume, fluid_mesh};

/// A volume whose labels are what `label` says of (column, row, B-scan).
fn volume(sizes: [u32; 3], step_mm: [f32; 3], label: impl Fn([f32; 3]) -> u8) -> SceneVolume {
    let [columns, rows, bscans] = sizes;
    let mask = |bscan: u32| {
        let place = |at: u32| [(at % columns) as f32, (at / columns) as f32, bscan as f32];
        let labels: Vec<u8> = (0..columns * rows).map(|at| label(place(at))).collect();
        (bscan, RunLengths::encode(&labels))
    };
    SceneVolume {
        sizes,
        step_mm,
        is_upside_down: false,
        ends: Ends::default(),
        masks: (0..bscans).map(mask).collect(),
        retina: BTreeMap::new(),
    }
}

/// An ellipsoid of `half_mm` amid a scan of 49 B-scans.
fn ellipsoid(half_mm: [f32; 3]) -> SceneVolume {
    let (sizes, step_mm) = ([256, 300, 49], [0.0234, 0.0039, 0.12]);
    volume(sizes, step_mm, |place| {
        let part =
            |axis: usize| (place[axis] + 0.5 - sizes[axis] as f32 / 2.0) * step_mm[axis] / half_mm[axis];
        u8::from((0..3).map(|axis| part(axis).powi(2)).sum::<f32>() < 1.0) * 2
    })
}

fn labelled_mm3(volume: &SceneVolume, class: FluidClass) -> f64 {
    let runs = volume.masks.values().flat_map(|mask| mask.runs());
    let voxels: u64 =
        runs.filter(|(_, label)| *label == class.label()).map(|(length, _)| u64::from(*length)).sum();
    voxels as f64 * volume.step_mm.iter().map(|mm| f64::from(*mm)).product::<f64>()
}

/// How many triangles lie at each edge, from vertex to vertex.
fn edges(mesh: &Mesh) -> HashMap<(u32, u32), u32> {
    let mut edges = HashMap::new();
    for corners in mesh.triangles.chunks_exact(3) {
        for side in 0..3 {
            *edges.entry((corners[side], corners[(side + 1) % 3])).or_default() += 1;
        }
    }
    edges
}

#[test]
fn a_mesh_is_closed_and_looks_outward() {
    for is_upside_down in [false, true] {
        let volume = SceneVolume { is_upside_down, ..ellipsoid([1.2, 0.2, 0.9]) };
        let [irf, srf, ped] = fluid_mesh(&volume);
        assert_eq!((irf, ped), (Mesh::default(), Mesh::default()));
        // Where the rim is thinner than a cell the surface may touch itself, and is closed still.
        let edges = edges(&srf);
        assert!(edges.iter().all(|((a, b), count)| edges.get(&(*b, *a)) == Some(count)));
        assert!(srf.volume_mm3() > 0.0);
        let outward = |vertex: &&[f32]| (0..3).map(|axis| vertex[axis] * vertex[3 + axis]).sum::<f32>() > 0.0;
        let vertices = srf.vertices.chunks_exact(6);
        let (count, outward) = (vertices.len(), vertices.filter(outward).count());
        assert!(outward * 100 >= count * 99, "{outward} of {count}");
    }
}

#[test]
fn a_mesh_holds_about_the_volume_that_is_labelled() {
    for half_mm in [[1.2, 0.2, 0.9], [0.5, 0.1, 0.6], [2.4, 0.05, 2.4]] {
        let volume = ellipsoid(half_mm);
        let labelled = labelled_mm3(&volume, FluidClass::Srf);
        let meshed = fluid_mesh(&volume)[1].volume_mm3();
        assert!((meshed / labelled - 1.0).abs() < 0.1, "{half_mm:?}: {meshed} of {labelled}");
    }
}

#[test]
fn nothing_that_is_labelled_vanishes_however_small_or_thin() {
    let sizes = [400, 1000, 20];
    let step_mm = [0.0117, 0.002, 0.25];
    let one_pixel = volume(sizes, step_mm, |place| u8::from(place == [200.0, 500.0, 7.0]));
    let one_row = volume(sizes, step_mm, |[_, row, _]| if row == 500.0 { 3 } else { 0 });
    let both =
        volume(sizes, step_mm, |[column, row, _]| u8::from(row == 500.0 || row == 900.0 && column == 3.0));
    for (volume, class) in [(one_pixel, 0), (one_row, 2), (both, 0)] {
        assert!(fluid_mesh(&volume)[class].triangle_count() >= 8, "{class}");
    }
}

#[test]
fn fluid_at_the_edge_of_the_scan_is_closed_there() {
    let volume = volume([40, 30, 8], [0.05, 0.05, 0.2], |_| 1);
    let mesh = &fluid_mesh(&volume)[0];
    let edges = edges(mesh);
    assert!(edges.keys().all(|(a, b)| edges.contains_key(&(*b, *a))));
    let bounds = mesh.bounds_mm().unwrap();
    let half = volume.size_mm().map(|mm| mm / 2.0);
    for axis in 0..3 {
        assert!((bounds[1][axis] - half[axis]).abs() < 0.1 * half[axis], "{axis}: {bounds:?}");
    }
    assert_eq!(fluid_mesh(&SceneVolume { masks: BTreeMap::new(), ..volume }), <[Mesh; 3]>::default());
}

#[test]
fn a_generated_eye_is_drawn_with_its_volumes() {
    let fluid = FluidMix::Present { irf: true, srf: true, ped: true };
    let config = EyeConfig { fluid, ..EyeConfig::new(3, VendorStyle::Spectralis) };
    let volume = eye(&Eye::new(&config));
    for class in FluidClass::ALL {
        let labelled = labelled_mm3(&volume, class);
        let meshed = fluid_mesh(&volume)[class.index()].volume_mm3();
        // Cysts of a few pixels in one or two B-scans are rounded off.
        let part = if class == FluidClass::Irf { 0.3 } else { 0.15 };
        assert!((meshed - labelled).abs() < part * labelled, "{class:?}: {meshed} of {labelled}");
    }
}

fn eye(eye: &Eye) -> SceneVolume {
    let geometry = eye.geometry();
    SceneVolume {
        sizes: [eye.columns() as u32, eye.rows() as u32, eye.bscans() as u32],
        step_mm: [Axis::Lateral, Axis::Axial, Axis::BetweenBScans]
            .map(|axis| geometry.spacing(axis).mm().unwrap() as f32),
        is_upside_down: false,
        ends: Ends::default(),
        masks: (0..eye.bscans())
            .map(|bscan| (bscan as u32, RunLengths::encode(&eye.labels(bscan))))
            .collect(),
        retina: BTreeMap::new(),
    }
}

/// `cargo test --release -p scene --test meshes -- --ignored --nocapture` prints it.
#[test]
#[ignore = "measures time"]
fn a_large_volume_is_meshed_within_300_ms() {
    let fluid = volume([512, 1024, 128], [0.0117, 0.002, 0.047], |[column, row, bscan]| {
        let wave = (column / 40.0).sin() * (bscan / 9.0).cos() * 60.0;
        match row - wave {
            at if (300.0..340.0).contains(&at)
                && (column as u32 / 24 + bscan as u32 / 6).is_multiple_of(3) =>
            {
                1
            }
            at if (500.0..560.0).contains(&at) => 2,
            at if (640.0..700.0).contains(&at) && column > 128.0 => 3,
            _ => 0,
        }
    });
    let bytes = scene::bytes::write(&fluid);
    for _ in 0..3 {
        let start = Instant::now();
        let meshes = fluid_mesh(&scene::bytes::read(&bytes).unwrap());
        let elapsed = start.elapsed();
        let triangles = meshes.each_ref().map(Mesh::triangle_count);
        println!("{elapsed:?} for {triangles:?} triangles from {} bytes", bytes.len());
        assert!(elapsed.as_millis() < 300);
    }
}
