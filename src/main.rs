//! Lacuna's page.

fn main() {
    lacuna::mount();
}
