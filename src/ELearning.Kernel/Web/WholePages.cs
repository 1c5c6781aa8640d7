using System.Buffers;
using System.Text;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc.Infrastructure;
using Microsoft.AspNetCore.WebUtilities;

namespace ELearning.Web;

/// <summary>
/// Sends a page as one piece that says its length. The framework sends it in chunks, the last one by itself: a second packet
/// for the server, the network and the browser, which costs more than rendering a small page does.
/// </summary>
internal sealed class WholePages(IHttpContextAccessor context) : IHttpResponseStreamWriterFactory
{
    public TextWriter CreateWriter(Stream stream, Encoding encoding) =>
        context.HttpContext is { Response: { HasStarted: false } response } && response.Body == stream
            ? new Whole(response, new(), encoding)
            : new HttpResponseStreamWriter(stream, encoding);

    /// <summary>The framework flushes when a page is complete. One that throws before has sent nothing, so that its error can be shown.</summary>
    private sealed class Whole(HttpResponse response, MemoryStream bytes, Encoding encoding)
        : HttpResponseStreamWriter(bytes, encoding, DefaultBufferSize, ArrayPool<byte>.Shared, ArrayPool<char>.Shared)
    {
        private const int DefaultBufferSize = 4 * 1024;

        private bool _complete;

        public override Task FlushAsync()
        {
            _complete = true;
            return base.FlushAsync();
        }

        public override async ValueTask DisposeAsync()
        {
            await base.DisposeAsync();
            if (!_complete) return;

            if (!response.HasStarted) response.ContentLength ??= bytes.Length;
            await response.Body.WriteAsync(bytes.GetBuffer().AsMemory(0, (int)bytes.Length), response.HttpContext.RequestAborted);
        }
    }
}
