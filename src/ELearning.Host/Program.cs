using ELearning;

var app = await KernelHost.BuildAsync(new KernelOptions(), Modules.All);
await app.RunAsync();
