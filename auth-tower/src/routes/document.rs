//! The OpenAPI document of the routes, where it was asked for.

#[cfg(feature = "openapi")]
use std::sync::Arc;

use bytes::Bytes;

#[cfg(feature = "openapi")]
use super::openapi::OpenApi;

/// What is served at `/openapi.json`: made once, when the routes are put together. The routes are cloned
/// for each request, so clones share it.
#[derive(Clone, Debug, Default)]
pub(super) struct Document {
    #[cfg(feature = "openapi")]
    made: Option<(Arc<OpenApi>, Bytes)>,
}

impl Document {
    /// Made by `make`, which is told what it says beside the routes.
    #[cfg(feature = "openapi")]
    pub(super) fn of(about: impl Into<Arc<OpenApi>>, make: impl FnOnce(&OpenApi) -> Bytes) -> Self {
        let about = about.into();
        let bytes = make(&about);
        Self { made: Some((about, bytes)) }
    }

    /// The same, made again if there is one, because the routes have changed.
    #[cfg(feature = "openapi")]
    pub(super) fn again(&self, make: impl FnOnce(&OpenApi) -> Bytes) -> Self {
        self.made.as_ref().map_or_else(Self::default, |(about, _)| Self::of(Arc::clone(about), make))
    }

    /// What it says beside the routes, if it is served.
    #[cfg(feature = "openapi")]
    pub(super) fn about(&self) -> Option<&OpenApi> {
        self.made.as_ref().map(|(about, _)| &**about)
    }

    /// Its bytes, if it is served.
    #[cfg(feature = "openapi")]
    pub(super) fn bytes(&self) -> Option<&Bytes> {
        self.made.as_ref().map(|(_, bytes)| bytes)
    }

    /// There is none without the feature.
    #[cfg(not(feature = "openapi"))]
    #[expect(clippy::unused_self, reason = "the same signature as with the feature")]
    pub(super) fn bytes(&self) -> Option<&Bytes> {
        None
    }
}
