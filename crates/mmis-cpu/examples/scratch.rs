#![allow(missing_docs, clippy::unwrap_used)]
use mmis_cpu::{Arrays, Network, Shape};
use std::time::Instant;
fn main() {
    let b = std::fs::read("/tmp/params.bin").unwrap();
    let mut at = 0;
    let mut u = |n: usize| {
        at += n;
        &b[at - n..at]
    };
    let mut arrays = Arrays::new();
    loop {
        let len = u32::from_le_bytes(u(4).try_into().unwrap()) as usize;
        let name = String::from_utf8(u(len).to_vec()).unwrap();
        let rank = u32::from_le_bytes(u(4).try_into().unwrap()) as usize;
        let shape: Vec<usize> =
            (0..rank).map(|_| u32::from_le_bytes(u(4).try_into().unwrap()) as usize).collect();
        let n: usize = shape.iter().product();
        let v: Vec<f32> =
            u(4 * n).chunks_exact(4).map(|c| f32::from_le_bytes(c.try_into().unwrap())).collect();
        arrays.insert(name.clone(), (shape, v));
        if arrays.len() == 74 {
            break;
        }
    }
    let shape = Shape {
        labels: 5,
        widths: vec![8, 32, 64, 96, 128],
        encoder_blocks: vec![1, 2, 2, 2, 2],
        decoder_blocks: vec![1; 4],
    };
    let network = Network::new(&shape, &arrays).unwrap();
    let size = 64usize;
    let image: Vec<f32> = input();
    let out = network.forward(&image, [size, size]);
    let stored = &arrays["self_test.answer"].1;
    println!("stored {} {:?}", stored.len(), &stored[..8]);
    let ours: Vec<f32> = out
        .probabilities
        .chunks_exact(4096)
        .flat_map(|c| (0..64).step_by(4).flat_map(move |r| (0..64).step_by(4).map(move |x| c[r * 64 + x])))
        .collect();
    println!(
        "ours {} {:?} worst {}",
        ours.len(),
        &ours[..8],
        stored.iter().zip(&ours).map(|(a, b)| (a - b).abs()).fold(0f32, f32::max)
    );
    let image: Vec<f32> = (0..240 * 288)
        .map(|i| {
            (i as u32).wrapping_mul(2654435761) as f32 / u32::MAX as f32 * 0.3
                + if i / 288 > 100 && i / 288 < 140 { 0.6 } else { 0.0 }
        })
        .collect();
    let mut best = f64::MAX;
    for _ in 0..30 {
        let t = Instant::now();
        std::hint::black_box(network.forward(&image, [240, 288]));
        best = best.min(t.elapsed().as_secs_f64() * 1e3);
    }
    println!("best {best:.2} ms");
}

fn input() -> Vec<f32> {
    const SIZE: usize = 64;

    let mut state = 0x2545_F491u32;
    (0..SIZE * SIZE)
        .map(|index| {
            let (row, column) = ((index / SIZE) as f32, (index % SIZE) as f32);
            // Marsaglia's 32-bit xorshift (J. Stat. Softw. 8(14), 2003).
            state ^= state << 13;
            state ^= state >> 17;
            state ^= state << 5;
            let noise = (state >> 16) as f32 / 65535.0;
            let band = if (20.0..48.0).contains(&row) { 0.45 } else { 0.05 };
            let epithelium = if (44.0..48.0).contains(&row) { 0.4 } else { 0.0 };
            let lens = ((row - 33.0) / 6.0).powi(2) + ((column - 30.0) / 12.0).powi(2);
            let value = if lens < 1.0 { 0.1 } else { band + epithelium };
            value * (0.75 + 0.5 * noise)
        })
        .collect()
}
