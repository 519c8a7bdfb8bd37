//! Whether two ways of breaking a tie are images of each other under a symmetry that leaves most of the graph where it is.

use super::graph::Graph;
use super::partition::Partition;
use super::site::Site;

/// A partition to compare another one with, and the map between the two.
#[derive(Clone, Debug)]
pub(crate) struct Twin {
    elements: Vec<u32>,
    cell: Vec<u32>,
    /// The image of each vertex under the map that is tried; the identity in between.
    image: Vec<u32>,
}

impl Twin {
    /// For a graph of so many vertices.
    pub(crate) fn new(count: usize) -> Self {
        Self { elements: Vec::new(), cell: Vec::new(), image: (0..count as u32).collect() }
    }

    /// Takes the partition to compare with.
    pub(crate) fn take(&mut self, partition: &Partition) {
        self.elements.clone_from(&partition.elements);
        self.cell.clone_from(&partition.cell);
    }

    /// Whether an automorphism takes the partition taken to the present one and leaves all vertices of cells with several
    /// where they are; [`image`](Self::image) is then it until [`forget`](Self::forget).
    pub(crate) fn is_image(&mut self, graph: &Graph, sites: &[Site], now: &Partition) -> bool {
        for (&from, &to) in self.elements.iter().zip(&now.elements) {
            let start = now.cell[to as usize];
            if self.cell[from as usize] != start {
                return false;
            }
            if now.size(start) == 1 {
                self.image[from as usize] = to;
            } else if now.cell[from as usize] != start {
                // Not the same vertices in another order.
                return false;
            }
        }
        let keeps_bonds = |&from: &u32| {
            let to = self.image(from);
            from == to
                || graph.degree(from) == graph.degree(to)
                    && graph.arcs(from).iter().all(|arc| {
                        let wanted = self.image(arc.to);
                        graph.arcs(to).iter().any(|other| other.to == wanted && other.order == arc.order)
                    })
        };
        self.elements.iter().all(keeps_bonds) && sites.iter().all(|site| self.keeps(sites, site))
    }

    pub(crate) fn image(&self, vertex: u32) -> u32 {
        self.image[vertex as usize]
    }

    /// Back to the identity.
    pub(crate) fn forget(&mut self) {
        for (vertex, image) in (0..).zip(&mut self.image) {
            *image = vertex;
        }
    }

    /// Whether the image of a site is a site with the same mark.
    fn keeps(&self, sites: &[Site], site: &Site) -> bool {
        let moves = |&vertex: &u32| (vertex as usize) < self.image.len() && self.image(vertex) != vertex;
        if site.number == 0 || !(site.ends.iter().any(moves) || site.ligands.iter().any(moves)) {
            return true;
        }
        let ends = site.ends.map(|end| self.image(end));
        let same = |other: &&Site| other.kind == site.kind && (other.ends == ends || other.ends == [ends[1], ends[0]]);
        let other = sites.iter().find(same);
        let image = |vertex: u32| self.image(vertex);
        other.is_some_and(|other| other.number > 0 && other.value(|vertex| vertex) == site.value(image))
    }
}
