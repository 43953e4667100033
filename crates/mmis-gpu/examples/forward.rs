//! Times the forward pass of the network for browsers, with random parameters, on whatever
//! graphics processor there is: `forward ROWS COLUMNS BATCH RUNS`.
#![allow(clippy::panic, clippy::unwrap_used, reason = "a tool for developers")]

use std::time::Instant;

use mmis_gpu::{Device, Network, Shape};
use mmis_net::MmisNetConfig;
use mmis_net::weights::Parameters;

fn main() {
    let numbers: Vec<usize> = std::env::args().skip(1).map(|text| text.parse().unwrap()).collect();
    let [rows, columns, batch, runs] = numbers[..] else { panic!("ROWS COLUMNS BATCH RUNS") };
    let config = MmisNetConfig::browser(5);
    let arrays = Parameters::of(&config.init(&burn::tensor::Device::flex()));
    let shape = Shape {
        labels: config.labels,
        widths: config.widths,
        encoder_blocks: config.encoder_blocks,
        decoder_blocks: config.decoder_blocks,
    };
    let device = pollster::block_on(Device::open()).unwrap();
    let network = Network::new(&device, &shape, &arrays).unwrap();
    let image: Vec<f32> = (0..rows * columns).map(|at| (at % 97) as f32 / 97.0).collect();
    let images = vec![&image[..]; batch];
    let mut times: Vec<f64> = (0..=runs)
        .map(|_| {
            let start = Instant::now();
            pollster::block_on(network.forward(&images, [rows, columns])).unwrap();
            start.elapsed().as_secs_f64() * 1e3 / batch as f64
        })
        .collect();
    let first = times.remove(0);
    times.sort_by(f64::total_cmp);
    let median = times[times.len() / 2];
    println!(
        "{rows} x {columns}, batch of {batch}: first {first:.1} ms a B-scan, then least {:.1}, median {median:.1}",
        times[0]
    );
}
